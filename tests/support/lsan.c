/* support/lsan.c: Criterion's own runner leaks 48 bytes now and then; that is no leak of ours. */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
    return "leak:libcriterion";
}

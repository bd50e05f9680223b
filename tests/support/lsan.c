/* support/lsan.c: Criterion's own runner leaks 48 bytes now and then, and cairo 1.16 some in each PDF
 * that embeds a font; those are no leaks of ours. Programs that tests start: lsan.supp. */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
    return "leak:libcriterion\nleak:libcairo.so";
}

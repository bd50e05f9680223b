#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>

void check_failed(const char *file, int line, const char *condition)
{
    fprintf(stderr, "{\"level\":\"error\",\"event\":\"check_failed\",\"at\":\"%s:%d\","
                    "\"condition\":\"%s\"}\n",
            file, line, condition);
    abort();
}

/* photo_check() over any bytes: reads nothing outside them, and never takes what is no whole JPEG. */
#include <stdint.h>

#include "base/check.h"
#include "domain/photo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err e = photo_check((struct text){(const char *)data, size});

    if (!err_is(e)) {
        CHECK(size <= PHOTO_BYTES_MAX && data[0] == 0xFF && data[1] == 0xD8);
        CHECK(data[size - 2] == 0xFF && data[size - 1] == 0xD9);
    } else {
        CHECK(e.code == ERR_PHOTO_INVALID && e.expected != NULL);
    }
    return 0;
}

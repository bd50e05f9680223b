/* support/photo_maker.h: real JPEGs made here, grey all over: every decoder shows them. */
#ifndef SUPPORT_PHOTO_MAKER_H
#define SUPPORT_PHOTO_MAKER_H

#include "base/text.h"

/* `tells` stands in a comment, so that photos differ; `padding` bytes of comment besides. */
void photo_make(unsigned width, unsigned height, const char *tells, size_t padding,
                struct build *out);
/* The first 16 bytes of its SHA-256 in hexadecimal: how gates name it. */
void photo_hex(struct text jpeg, char hex[33]);

#endif

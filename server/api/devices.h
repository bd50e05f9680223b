/* api/devices.h: devices (闸机). A new one comes with its account; its key is shown once. */
#ifndef API_DEVICES_H
#define API_DEVICES_H

#include "api/input.h"
#include "net/exchange.h"

extern const struct field device_post_fields[], device_patch_fields[], device_list_query[];
extern step_fn *const device_post[], *const device_list[], *const device_get[],
    *const device_patch[];
extern const size_t device_state_bytes;

#endif

/*
 * What to do about a status of kjwt_verify().
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ADVICE_H
#define ADVICE_H

#include <stddef.h>

#include "kjwt.h"

#define ADVICE_SIZE 320

/* "KJWT_ERR_EXPIRED: The token has expired; mint a new one". */
void advice_format(kjwt_status status, char text[ADVICE_SIZE]);

#endif

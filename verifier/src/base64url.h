/* base64url without padding (RFC 7515 2, RFC 4648 5), exact, in place.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef KJWT_BASE64URL_H
#define KJWT_BASE64URL_H

#include "kjwt.h"

/*
 * Decodes text[len] onto itself; *decoded_len bytes are left at its start.
 * Accepts what an encoder produces and nothing else: no padding, no byte
 * outside the alphabet, no length = 1 mod 4, no bits set in what the last
 * character carries beyond the last byte (RFC 4648 3.5).
 *
 * Returns KJWT_OK or KJWT_ERR_BASE64URL; the text is consumed either way.
 */
kjwt_status kjwt_base64url_decode(char *text, size_t len, size_t *decoded_len);

/*
 * The bits that text[len] stands for, XORed into one word: bit i of the text,
 * from its beginning, into bit i mod 32 of the word, from its highest. And the
 * same of the bytes[len] that it was decoded to. The two are equal, unless a
 * glitch has changed what was decoded, of which the signature knows nothing: any
 * one byte, or more bytes or fewer but for a chance of about 2^-32.
 *
 *   text   of the alphabet; of anything else the result says nothing. len > 0
 */
uint32_t kjwt_base64url_fold(const char *text, size_t len);
uint32_t kjwt_base64url_fold_decoded(const char *bytes, size_t len);

#endif

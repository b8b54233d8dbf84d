/* Randomness for mbedTLS's PSA, which wants a source of it: verifying takes
 * none, so there is none.
 * SPDX-License-Identifier: Apache-2.0 */
#include <psa/crypto.h>

psa_status_t mbedtls_psa_external_get_random(
    mbedtls_psa_external_random_context_t *context, uint8_t *output,
    size_t output_size, size_t *output_length)
{
    (void)context;
    (void)output;
    (void)output_size;
    *output_length = 0;
    return PSA_ERROR_INSUFFICIENT_ENTROPY;
}

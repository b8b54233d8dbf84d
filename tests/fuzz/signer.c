/* SPDX-License-Identifier: Apache-2.0 */
#include "signer.h"

bool check_error(bool done, const struct error *error)
{
    if (done)
        return true;
    must(error->status == EXIT_REFUSED || error->status == EXIT_USAGE,
         "a failure has an exit status");
    must(error->text[0] != '\0' &&
             strnlen(error->text, sizeof error->text) < sizeof error->text,
         "a failure says why");
    for (const char *at = error->text; *at != '\0'; at++)
        must((uint8_t)*at >= 0x20 && *at != 0x7f,
             "a reason holds no control characters");
    return false;
}

void check_no_secret(const struct error *error)
{
    must(strstr(error->text, FUZZ_SECRET) == NULL,
         "a reason does not quote what may be secret");
}

void check_kept_secret(const struct error *error, const uint8_t *answers,
                       size_t size)
{
    if (size == 0 ||
        memmem(answers, size, FUZZ_SECRET, strlen(FUZZ_SECRET)) == NULL)
        check_no_secret(error);
}

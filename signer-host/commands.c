/*
 * The table of commands.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "command.h"

/* clang-format off */
const struct command *const commands[] = {
    &cmd_key_create,
    &cmd_key_export,
    &cmd_key_show,
    &cmd_key_policy,
    &cmd_key_set,
    &cmd_certificate,
    &cmd_mint,
#if defined(KJWT_BATCH)
    &cmd_batch,
#endif
    &cmd_verify,
    &cmd_inspect,
    &cmd_doctor,
    &cmd_lambda,
    &cmd_man,
    &cmd_completion,
    NULL,
};
/* clang-format on */

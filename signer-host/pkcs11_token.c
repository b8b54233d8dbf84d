/*
 * Finding a PKCS#11 token and opening a session.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pkcs11_token.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pkcs11_error.h"
#include "pkcs11_uri.h"

#define MAX_SLOTS 64
#define LIST_SIZE 600 /* of candidates, in an error */

/* ------------------------------------------------------------- modules --- */

static bool load_own(struct pkcs11_token *token, const char *path,
                     struct error *error)
{
    const char *reason;
    CK_RV result = CKR_OK;

    token->modules = calloc(2, sizeof(CK_FUNCTION_LIST *));
    if (token->modules == NULL)
        return out_of_memory(error);
    token->own_module = true;
    token->modules[0] = p11_kit_module_load(path, P11_KIT_MODULE_CRITICAL);
    if (token->modules[0] != NULL) {
        result = p11_kit_module_initialize(token->modules[0]);
        if (result == CKR_OK)
            return true;
        p11_kit_module_release(token->modules[0]);
        token->modules[0] = NULL;
    }
    reason = result != CKR_OK ? p11_kit_strerror(result) : p11_kit_message();
    return error_set(error, EXIT_USAGE,
                     "the PKCS#11 module %.256s cannot be loaded: %.256s: "
                     "check module-path in the key URI",
                     path, reason != NULL ? reason : "it is none");
}

static bool load(struct pkcs11_token *token, struct error *error)
{
    const char *path = p11_kit_uri_get_module_path(token->uri);

    p11_kit_be_quiet();
    if (path != NULL)
        return load_own(token, path, error);
    token->modules = p11_kit_modules_load_and_initialize(0);
    return (token->modules != NULL && token->modules[0] != NULL) ||
           error_set(error, EXIT_USAGE,
                     "no PKCS#11 module is configured on this system: install "
                     "the token's driver (opensc-pkcs11, softhsm2, or its "
                     "maker's), or name it by ?module-path=PATH in the key "
                     "URI; p11-kit list-modules shows what there is");
}

static bool has_name(const struct pkcs11_token *token, CK_FUNCTION_LIST *module)
{
    const char *wanted = p11_kit_uri_get_module_name(token->uri);
    char *name = wanted != NULL ? p11_kit_module_get_name(module) : NULL;
    bool matches = wanted == NULL || (name != NULL && !strcmp(name, wanted));

    free(name);
    return matches;
}

static bool is_module_wanted(const struct pkcs11_token *token,
                             CK_FUNCTION_LIST *module)
{
    CK_INFO info;

    return (token->own_module || has_name(token, module)) &&
           module->C_GetInfo(&info) == CKR_OK &&
           p11_kit_uri_match_module_info(token->uri, &info) == 1;
}

/* -------------------------------------------------------------- search --- */

struct search {
    unsigned modules;    /* that the URI describes */
    unsigned tokens;     /* all that were seen */
    unsigned candidates; /* those that the URI describes */
    char seen[LIST_SIZE];
    char list[LIST_SIZE]; /* of the candidates */
};

static bool is_wanted(const struct pkcs11_token *token, CK_SLOT_ID slot,
                      const CK_SLOT_INFO *slot_info, const CK_TOKEN_INFO *info)
{
    CK_SLOT_ID wanted = p11_kit_uri_get_slot_id(token->uri);

    return (wanted == (CK_SLOT_ID)-1 || wanted == slot) &&
           p11_kit_uri_match_slot_info(token->uri, slot_info) == 1 &&
           p11_kit_uri_match_token_info(token->uri, info) == 1;
}

static void look_at(struct pkcs11_token *token, CK_FUNCTION_LIST *module,
                    CK_SLOT_ID slot, struct search *search)
{
    CK_SLOT_INFO slot_info;
    CK_TOKEN_INFO info;
    char *uri;

    if (module->C_GetSlotInfo(slot, &slot_info) != CKR_OK ||
        module->C_GetTokenInfo(slot, &info) != CKR_OK ||
        (info.flags & CKF_TOKEN_INITIALIZED) == 0)
        return;
    uri = pkcs11_uri_format(NULL, &info, NULL, 0);
    search->tokens++;
    pkcs11_uri_append(search->seen, sizeof search->seen, uri);
    if (is_wanted(token, slot, &slot_info, &info)) {
        search->candidates++;
        pkcs11_uri_append(search->list, sizeof search->list, uri);
        token->module = module;
        token->slot = slot;
        token->info = info;
    }
    free(uri);
}

static void look_through(struct pkcs11_token *token, CK_FUNCTION_LIST *module,
                         struct search *search)
{
    CK_SLOT_ID slots[MAX_SLOTS];
    CK_ULONG count = MAX_SLOTS;

    if (!is_module_wanted(token, module))
        return;
    search->modules++;
    if (module->C_GetSlotList(CK_TRUE, slots, &count) != CKR_OK ||
        count > MAX_SLOTS)
        return;
    for (CK_ULONG i = 0; i < count; i++)
        look_at(token, module, slots[i], search);
}

static bool no_token(const struct search *search, struct error *error)
{
    if (search->modules == 0)
        return error_set(error, EXIT_USAGE,
                         "no PKCS#11 module is as the key URI describes it "
                         "(module-name, library-...): p11-kit list-modules "
                         "shows what there is");
    if (search->tokens > 0)
        return error_set(error, EXIT_REFUSED,
                         "no token is as the key URI describes it; there is %s",
                         search->seen);
    return error_set(error, EXIT_USAGE,
                     "no PKCS#11 token is there: insert it, and check its "
                     "driver with p11-kit list-modules (a driver that p11-kit "
                     "does not know is named by ?module-path=PATH)");
}

static void set_name(struct pkcs11_token *token)
{
    char *label =
        p11_kit_space_strdup(token->info.label, sizeof token->info.label);

    (void)snprintf(token->name, sizeof token->name, "%s",
                   label != NULL ? label : "");
    error_clean(token->name);
    free(label);
}

static bool find(struct pkcs11_token *token, struct error *error)
{
    struct search search = {.tokens = 0};

    for (CK_FUNCTION_LIST **at = token->modules; *at != NULL; at++)
        look_through(token, *at, &search);
    if (search.candidates == 0)
        return no_token(&search, error);
    if (search.candidates > 1)
        return error_set(error, EXIT_REFUSED,
                         "the key URI describes %u tokens: give one of %s",
                         search.candidates, search.list);
    set_name(token);
    return true;
}

/* ------------------------------------------------------------- session --- */

static void tell(const struct pkcs11_token *token)
{
    char *file = p11_kit_module_get_filename(token->module);

    (void)fprintf(stderr, "signer-host: token %s in slot %lu, through %s\n",
                  token->name, token->slot, file != NULL ? file : "p11-kit");
    free(file);
}

bool pkcs11_token_open(const char *uri, bool writable, bool verbose,
                       struct pkcs11_token *token, struct error *error)
{
    CK_FLAGS flags = CKF_SERIAL_SESSION | (writable ? CKF_RW_SESSION : 0);
    CK_RV result;

    token->uri = pkcs11_uri_parse(uri, error);
    if (token->uri == NULL || !load(token, error) || !find(token, error))
        return false;
    if (verbose)
        tell(token);
    result = token->module->C_OpenSession(token->slot, flags, NULL, NULL,
                                          &token->session);
    token->has_session = result == CKR_OK;
    return token->has_session ||
           pkcs11_failed(token->name, "opening a session", result, error);
}

static void unload(struct pkcs11_token *token)
{
    if (token->modules == NULL)
        return;
    if (!token->own_module) {
        p11_kit_modules_finalize_and_release(token->modules);
        return;
    }
    if (token->modules[0] != NULL) {
        (void)p11_kit_module_finalize(token->modules[0]);
        p11_kit_module_release(token->modules[0]);
    }
    free(token->modules);
}

/* The last session's end logs out. */
void pkcs11_token_close(struct pkcs11_token *token)
{
    pkcs11_token_forget_pin(token);
    if (token->has_session)
        (void)token->module->C_CloseSession(token->session);
    unload(token);
    if (token->uri != NULL)
        p11_kit_uri_free(token->uri);
    memset(token, 0, sizeof *token);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_module.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>

#include <p11-kit/p11-kit.h>

#include "signer.h"

#define SLOTS 64

enum call {
    LOAD,
    INITIALIZE,
    MODULES,
    NAME,
    INFO,
    SLOT_LIST,
    SLOT,
    TOKEN,
    SESSION,
    PIN,
    LOGIN,
    AGAIN,
    SEARCH,
    FOUND,
    ATTRIBUTES, /* the first of them */
    LABEL = ATTRIBUTES,
    ID,
    CLASS,
    KEY_TYPE,
    MODULUS,
    EXPONENT,
    SENSITIVE,
    EXTRACTABLE,
    ALWAYS,
    SIGN,
    MECHANISM,
    START,
    SIGNATURE,
    GENERATE,
    CALLS
};

/* usual: the answer where the input has none. */
static const struct {
    const char *name;
    const char *usual;
    CK_ATTRIBUTE_TYPE type;
} calls[CALLS] = {
    [LOAD] = {"load", "", 0},
    [INITIALIZE] = {"initialize", "", 0},
    [MODULES] = {"modules", "=1", 0},
    [NAME] = {"name", "\"fake", 0},
    [INFO] = {"info", "", 0},
    [SLOT_LIST] = {"slots", "=1", 0},
    [SLOT] = {"slot", "", 0},
    [TOKEN] = {"token", "=0x40c \"bench", 0},
    [SESSION] = {"session", "", 0},
    [PIN] = {"pin", "\"" FUZZ_SECRET, 0},
    [LOGIN] = {"login", "", 0},
    [AGAIN] = {"again", "", 0},
    [SEARCH] = {"search", "", 0},
    [FOUND] = {"found", "=1", 0},
    [LABEL] = {"label", "\"key", CKA_LABEL},
    [ID] = {"id", "1*01", CKA_ID},
    [CLASS] = {"class", "1*0300000000000000", CKA_CLASS},
    [KEY_TYPE] = {"type", "8*00", CKA_KEY_TYPE},
    [MODULUS] = {"modulus", "256*c5", CKA_MODULUS},
    [EXPONENT] = {"exponent", "1*010001", CKA_PUBLIC_EXPONENT},
    [SENSITIVE] = {"sensitive", "1*01", CKA_SENSITIVE},
    [EXTRACTABLE] = {"extractable", "1*00", CKA_EXTRACTABLE},
    [ALWAYS] = {"always", "1*00", CKA_ALWAYS_AUTHENTICATE},
    [SIGN] = {"sign", "1*01", CKA_SIGN},
    [MECHANISM] = {"mechanism", "=0x800", 0},
    [START] = {"start", "", 0},
    [SIGNATURE] = {"signature", "256*5a", 0},
    [GENERATE] = {"generate", "", 0},
};

struct fake_module fake_module;

static struct fuzz_input script;
static unsigned made[CALLS]; /* calls so far */
static const char *pin;      /* of the file */
static char typed[256];      /* or of the terminal */
static bool on_reader;       /* or nobody's here */
static CK_FLAGS flags[SLOTS];
static CK_SLOT_ID open_slot;
static CK_MECHANISM_TYPE mechanism;
static unsigned loaded;
static unsigned initialized;
static unsigned sessions;
static bool searching;

/* -------------------------------------------------------------- answers --- */

struct answer {
    CK_RV result;
    bool told;
    CK_ULONG number;
    struct fake_value value;
};

static void add_bytes(struct fake_value *value, const void *bytes, size_t len)
{
    size_t room = sizeof value->bytes - value->len;

    len = len < room ? len : room;
    memcpy(value->bytes + value->len, bytes, len);
    value->len += len;
}

/* Behind N*. */
static const char *add_hex(struct fake_value *value, const char *hex,
                           unsigned long times)
{
    uint8_t bytes[64];
    size_t len = 0;
    char pair[3] = "";

    for (; len < sizeof bytes && isxdigit((uint8_t)hex[0]) &&
           isxdigit((uint8_t)hex[1]);
         hex += 2) {
        memcpy(pair, hex, 2);
        bytes[len++] = (uint8_t)strtoul(pair, NULL, 16);
    }
    for (; len > 0 && times > 0 && value->len < sizeof value->bytes; times--)
        add_bytes(value, bytes, len);
    return hex;
}

static void parse(const char *text, const char *end, struct answer *answer)
{
    char *at;

    while (text < end) {
        char kind = *text;
        unsigned long number;

        if (kind == '"') {
            add_bytes(&answer->value, text + 1, (size_t)(end - text - 1));
            return;
        }
        number = strtoul(text + (kind == '!' || kind == '='), &at, 0);
        if (kind == '!') {
            answer->result = number;
        } else if (kind == '=') {
            answer->told = true;
            answer->number = number;
        } else if (*at == '*') {
            text = add_hex(&answer->value, at + 1, number);
            continue;
        }
        text = at > text ? at : text + 1;
    }
}

/* Whether a line is a call's; what stands behind its name then. */
static bool is_line_of(const char *name, struct fuzz_input *line)
{
    size_t len = strlen(name);

    if (line->len < len || memcmp(line->bytes, name, len) != 0 ||
        (line->len > len && line->bytes[len] != ' '))
        return false;
    line->bytes += len;
    line->len -= len;
    return true;
}

static struct answer answer_of(enum call call)
{
    struct answer answer = {.result = CKR_OK};
    struct fuzz_input rest = script;
    struct fuzz_input found = {(const uint8_t *)calls[call].usual,
                               strlen(calls[call].usual)};
    unsigned seen = 0;
    char *text;

    while (rest.len > 0 && seen <= made[call]) {
        struct fuzz_input line = fuzz_part(&rest, "\n");

        if (!is_line_of(calls[call].name, &line))
            continue;
        found = line;
        seen++;
    }
    made[call]++;
    text = fuzz_text(found.bytes, found.len);
    parse(text, text + found.len, &answer);
    free(text);
    return answer;
}

static CK_RV result_of(enum call call)
{
    return answer_of(call).result;
}

/* A value as far as there is room for it, as the caller is told it. */
static CK_RV give(const struct answer *answer, void *to, CK_ULONG size,
                  CK_ULONG *told, struct fake_value *given)
{
    size_t len = answer->value.len < size ? answer->value.len : size;
    CK_RV result = answer->result;

    if (result == CKR_OK && !answer->told && len < answer->value.len)
        result = CKR_BUFFER_TOO_SMALL;
    *told = answer->told       ? answer->number
            : result != CKR_OK ? CK_UNAVAILABLE_INFORMATION
                               : len;
    given->len = 0;
    if (result != CKR_OK)
        return result;
    memset(to, 0, *told < size ? *told : size);
    memcpy(to, answer->value.bytes, len);
    add_bytes(given, to, *told < size ? *told : size);
    return CKR_OK;
}

/* ---------------------------------------------------------------- token --- */

static CK_RV get_info(CK_INFO *info)
{
    memset(info, 0, sizeof *info);
    return result_of(INFO);
}

static CK_RV get_slot_list(unsigned char present, CK_SLOT_ID *slots,
                           CK_ULONG *count)
{
    struct answer answer = answer_of(SLOT_LIST);

    must(present == CK_TRUE && *count == SLOTS, "there is room for slots");
    for (CK_ULONG i = 0; i < *count && i < answer.number; i++)
        slots[i] = i;
    *count = answer.number;
    return answer.result;
}

static CK_RV get_slot_info(CK_SLOT_ID slot, CK_SLOT_INFO *info)
{
    must(slot < SLOTS, "the slot is one of the list");
    memset(info, 0, sizeof *info);
    return result_of(SLOT);
}

static CK_RV get_token_info(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
    struct answer answer = answer_of(TOKEN);
    size_t texts = offsetof(CK_TOKEN_INFO, flags);

    must(slot < SLOTS, "the slot is one of the list");
    if (answer.result != CKR_OK)
        return answer.result;
    memset(info, 0, sizeof *info);
    memset(info, ' ', texts);
    memcpy(info, answer.value.bytes,
           answer.value.len < texts ? answer.value.len : texts);
    info->flags = answer.number;
    flags[slot] = info->flags;
    return CKR_OK;
}

static CK_RV open_session(CK_SLOT_ID slot, CK_FLAGS how, void *context,
                          CK_NOTIFY notify, CK_SESSION_HANDLE *session)
{
    CK_RV result = result_of(SESSION);

    must((how & CKF_SERIAL_SESSION) != 0 && context == NULL && notify == NULL,
         "a session is opened as PKCS#11 has it");
    if (result != CKR_OK)
        return result;
    open_slot = slot;
    sessions++;
    *session = 1;
    return CKR_OK;
}

static CK_RV close_session(CK_SESSION_HANDLE session)
{
    must(session == 1 && sessions == 1, "a session is closed once");
    sessions--;
    return CKR_OK;
}

/* ---------------------------------------------------------------- login --- */

static void check_login(void)
{
    must((flags[open_slot] & CKF_LOGIN_REQUIRED) != 0 &&
             (flags[open_slot] & CKF_USER_PIN_INITIALIZED) != 0 &&
             (flags[open_slot] & CKF_USER_PIN_LOCKED) == 0,
         "a login may succeed");
    must((flags[open_slot] & CKF_USER_PIN_FINAL_TRY) == 0 || pin == NULL,
         "the last try is not spent on a file");
    must(fake_module.logins++ == 0, "a PIN is tried once");
}

/* Without a login nobody knows the PIN. */
static void check_pin(const unsigned char *text, CK_ULONG len)
{
    const char *right = pin != NULL ? pin : typed;

    if (on_reader || fake_module.logins == 0)
        must(text == NULL && len == 0, "the PIN is left to the reader");
    else
        must(text != NULL && len == strlen(right) &&
                 memcmp(text, right, len) == 0,
             "a PIN is the one that was given");
}

static CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user,
                   unsigned char *text, CK_ULONG len)
{
    must(session == 1 && sessions == 1, "there is a session");
    must(user == CKU_USER || user == CKU_CONTEXT_SPECIFIC,
         "nobody else logs in");
    if (user == CKU_USER) {
        check_login();
        on_reader =
            (flags[open_slot] & CKF_PROTECTED_AUTHENTICATION_PATH) != 0;
    }
    check_pin(text, len);
    return result_of(user == CKU_USER ? LOGIN : AGAIN);
}

char *__wrap_readpassphrase(const char *prompt, char *buffer, size_t size,
                            int how);

char *__wrap_readpassphrase(const char *prompt, char *buffer, size_t size,
                            int how)
{
    struct answer answer = answer_of(PIN);

    (void)how;
    must(pin == NULL && prompt[0] != '\0', "a PIN is asked for");
    must(size == sizeof typed, "there is room for a PIN");
    errno = ENOTTY;
    if (answer.result != CKR_OK)
        return NULL;
    (void)snprintf(typed, sizeof typed, "%.*s", (int)answer.value.len,
                   (const char *)answer.value.bytes);
    return strcpy(buffer, typed);
}

/* -------------------------------------------------------------- objects --- */

static CK_RV find_init(CK_SESSION_HANDLE session, CK_ATTRIBUTE *filters,
                       CK_ULONG count)
{
    CK_RV result = result_of(SEARCH);

    must(session == 1 && !searching, "one search at a time");
    must(count > 0 && filters[0].type == CKA_CLASS, "a key is looked for");
    searching = result == CKR_OK;
    return result;
}

static CK_RV find(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *objects,
                  CK_ULONG size, CK_ULONG *count)
{
    struct answer answer = answer_of(FOUND);

    must(session == 1 && searching, "there is a search");
    if (answer.result != CKR_OK)
        return answer.result;
    for (CK_ULONG i = 0; i < size && i < answer.number; i++)
        objects[i] = i + 1;
    *count = answer.number;
    return CKR_OK;
}

static CK_RV find_final(CK_SESSION_HANDLE session)
{
    must(session == 1 && searching, "a search ends once");
    searching = false;
    return CKR_OK;
}

static CK_RV get_attribute(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
                           CK_ATTRIBUTE *attribute, CK_ULONG count)
{
    struct fake_value unused;
    struct answer answer;
    size_t call = ATTRIBUTES;

    must(session == 1 && object > 0 && count == 1, "an object is asked");
    while (call < CALLS && calls[call].type != attribute->type)
        call++;
    must(call < CALLS, "an attribute is in the table");
    answer = answer_of((enum call)call);
    return give(&answer, attribute->pValue, attribute->ulValueLen,
                &attribute->ulValueLen,
                call == MODULUS    ? &fake_module.modulus
                : call == EXPONENT ? &fake_module.exponent
                                   : &unused);
}

/* ------------------------------------------------------------ signature --- */

static CK_RV get_mechanism_info(CK_SLOT_ID slot, CK_MECHANISM_TYPE type,
                                CK_MECHANISM_INFO *info)
{
    struct answer answer = answer_of(MECHANISM);

    must(slot == open_slot, "the slot is the token's");
    must(type == CKM_SHA256_RSA_PKCS || type == CKM_RSA_PKCS,
         "RS256 is asked for");
    memset(info, 0, sizeof *info);
    info->flags = answer.number;
    return answer.result;
}

static CK_RV sign_init(CK_SESSION_HANDLE session, CK_MECHANISM *how,
                       CK_OBJECT_HANDLE object)
{
    must(session == 1 && object > 0, "there is a key");
    mechanism = how->mechanism;
    return result_of(START);
}

/* What is signed is the message, or the DigestInfo of its SHA-256. */
static CK_RV sign(CK_SESSION_HANDLE session, unsigned char *data, CK_ULONG len,
                  unsigned char *signature, CK_ULONG *signature_len)
{
    struct answer answer = answer_of(SIGNATURE);

    must(session == 1, "there is a session");
    must(mechanism == CKM_SHA256_RSA_PKCS
             ? len == 3 && memcmp(data, "a.b", 3) == 0
             : mechanism == CKM_RSA_PKCS && len == 19 + 32 && data[18] == 32,
         "what is signed suits the mechanism");
    return give(&answer, signature, *signature_len, signature_len,
                &fake_module.signature);
}

static CK_RV generate(CK_SESSION_HANDLE session, CK_MECHANISM *how,
                      CK_ATTRIBUTE *public, CK_ULONG public_count,
                      CK_ATTRIBUTE *private, CK_ULONG private_count,
                      CK_OBJECT_HANDLE *public_key,
                      CK_OBJECT_HANDLE *private_key)
{
    CK_RV result = result_of(GENERATE);

    must(session == 1 && how->mechanism == CKM_RSA_PKCS_KEY_PAIR_GEN,
         "a key pair is made");
    must(public_count > 0 && public[0].type == CKA_LABEL &&
             private_count > 0 && private[0].type == CKA_LABEL,
         "both halves have the label");
    if (result != CKR_OK)
        return result;
    *public_key = 1;
    *private_key = 2;
    return CKR_OK;
}

/* --------------------------------------------------------------- module --- */

static CK_FUNCTION_LIST list = {
    .C_GetInfo = get_info,
    .C_GetSlotList = get_slot_list,
    .C_GetSlotInfo = get_slot_info,
    .C_GetTokenInfo = get_token_info,
    .C_OpenSession = open_session,
    .C_CloseSession = close_session,
    .C_Login = login,
    .C_FindObjectsInit = find_init,
    .C_FindObjects = find,
    .C_FindObjectsFinal = find_final,
    .C_GetAttributeValue = get_attribute,
    .C_GetMechanismInfo = get_mechanism_info,
    .C_SignInit = sign_init,
    .C_Sign = sign,
    .C_GenerateKeyPair = generate,
};

CK_FUNCTION_LIST *__wrap_p11_kit_module_load(const char *path, int how);
CK_RV __wrap_p11_kit_module_initialize(CK_FUNCTION_LIST *module);
CK_RV __wrap_p11_kit_module_finalize(CK_FUNCTION_LIST *module);
void __wrap_p11_kit_module_release(CK_FUNCTION_LIST *module);
CK_FUNCTION_LIST **__wrap_p11_kit_modules_load_and_initialize(int how);
void __wrap_p11_kit_modules_finalize_and_release(CK_FUNCTION_LIST **modules);
char *__wrap_p11_kit_module_get_name(CK_FUNCTION_LIST *module);

CK_FUNCTION_LIST *__wrap_p11_kit_module_load(const char *path, int how)
{
    (void)path;
    (void)how;
    if (result_of(LOAD) != CKR_OK)
        return NULL;
    loaded++;
    return &list;
}

CK_RV __wrap_p11_kit_module_initialize(CK_FUNCTION_LIST *module)
{
    CK_RV result = result_of(INITIALIZE);

    must(module == &list && loaded == 1, "a module is loaded first");
    initialized += result == CKR_OK;
    return result;
}

CK_RV __wrap_p11_kit_module_finalize(CK_FUNCTION_LIST *module)
{
    must(module == &list && initialized == 1, "a module is finalized once");
    must(sessions == 0, "no session is left");
    initialized--;
    return CKR_OK;
}

void __wrap_p11_kit_module_release(CK_FUNCTION_LIST *module)
{
    must(module == &list && loaded == 1, "a module is released once");
    loaded--;
}

CK_FUNCTION_LIST **__wrap_p11_kit_modules_load_and_initialize(int how)
{
    static CK_FUNCTION_LIST *modules[2];
    struct answer answer = answer_of(MODULES);

    (void)how;
    modules[0] = answer.number > 0 ? &list : NULL;
    if (answer.result != CKR_OK)
        return NULL;
    loaded++;
    initialized++;
    return modules;
}

void __wrap_p11_kit_modules_finalize_and_release(CK_FUNCTION_LIST **modules)
{
    must(modules != NULL && loaded == 1, "modules are released once");
    must(sessions == 0, "no session is left");
    loaded--;
    initialized--;
}

char *__wrap_p11_kit_module_get_name(CK_FUNCTION_LIST *module)
{
    struct answer answer = answer_of(NAME);

    must(module == &list, "a module has a name");
    return answer.result == CKR_OK
               ? fuzz_text(answer.value.bytes, answer.value.len)
               : NULL;
}

void fake_module_answers(const struct fuzz_input *answers, const char *file_pin)
{
    script = *answers;
    pin = file_pin;
    typed[0] = '\0';
    on_reader = false;
    memset(made, 0, sizeof made);
    memset(flags, 0, sizeof flags);
    memset(&fake_module, 0, sizeof fake_module);
}

void fake_module_end(void)
{
    must(loaded == 0 && initialized == 0 && sessions == 0 && !searching,
         "what was opened is closed");
}

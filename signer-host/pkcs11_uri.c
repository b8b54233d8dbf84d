/*
 * pkcs11: key URIs, parsed and written by p11-kit.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pkcs11_uri.h"

#include <stdio.h>
#include <string.h>

#define FORM "pkcs11:token=LABEL;object=LABEL"

static bool check_class(P11KitUri *uri, struct error *error)
{
    const CK_ATTRIBUTE *type = p11_kit_uri_get_attribute(uri, CKA_CLASS);
    CK_OBJECT_CLASS class;

    if (type == NULL)
        return true;
    memcpy(&class, type->pValue, sizeof class);
    return class == CKO_PRIVATE_KEY || class == CKO_PUBLIC_KEY ||
           error_set(error, EXIT_USAGE,
                     "the pkcs11: key URI's type is neither private nor "
                     "public: leave it out");
}

/* RFC 7512 2.3 and 2.4: no attribute twice. p11-kit takes the last one. */
static bool check_twice(const char *text, struct error *error)
{
    const char *attribute = text + strlen(PKCS11_SCHEME);

    for (size_t len; *attribute != '\0'; attribute += len) {
        size_t name_len = strcspn(attribute, "=;?&");

        len = strcspn(attribute, ";?&");
        len += attribute[len] != '\0';
        for (const char *other = attribute + len; *other != '\0';) {
            if (name_len > 0 && strncmp(other, attribute, name_len) == 0 &&
                other[name_len] == '=')
                return error_set(error, EXIT_USAGE,
                                 "the pkcs11: key URI has %.*s twice: give it "
                                 "once",
                                 (int)name_len, attribute);
            other += strcspn(other, ";?&");
            other += *other != '\0';
        }
    }
    return true;
}

static bool check(P11KitUri *uri, struct error *error)
{
    if (p11_kit_uri_get_pin_value(uri) != NULL)
        return error_set(error, EXIT_USAGE,
                         "the pkcs11: key URI holds the PIN (pin-value), which "
                         "everybody on this machine can see in the list of "
                         "processes: give pin-source=file:PATH, or leave it "
                         "out and be asked; and change the PIN");
    if (p11_kit_uri_any_unrecognized(uri))
        return error_set(error, EXIT_USAGE,
                         "the pkcs11: key URI has an attribute that RFC 7512 "
                         "does not know: write " FORM ", also id, serial, "
                         "manufacturer, model, slot-id, and after a ? "
                         "pin-source, module-name, module-path, with & between "
                         "them");
    return check_class(uri, error);
}

P11KitUri *pkcs11_uri_parse(const char *text, struct error *error)
{
    P11KitUri *uri = p11_kit_uri_new();
    int result;

    if (uri == NULL) {
        (void)out_of_memory(error);
        return NULL;
    }
    result = p11_kit_uri_parse(text, P11_KIT_URI_FOR_ANY, uri);
    if (result != P11_KIT_URI_OK)
        (void)error_set(error, EXIT_USAGE,
                        "the pkcs11: key URI is not understood (%s): write "
                        "%s, and %%20 for a space (RFC 7512)",
                        p11_kit_uri_message(result), FORM);
    if (result == P11_KIT_URI_OK && check(uri, error) &&
        check_twice(text, error))
        return uri;
    p11_kit_uri_free(uri);
    return NULL;
}

bool pkcs11_uri_is_public(P11KitUri *uri)
{
    const CK_ATTRIBUTE *type = p11_kit_uri_get_attribute(uri, CKA_CLASS);
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;

    if (type != NULL)
        memcpy(&class, type->pValue, sizeof class);
    return class == CKO_PUBLIC_KEY;
}

static char *format(P11KitUri *uri, CK_ATTRIBUTE *attributes, CK_ULONG count)
{
    char *text;

    if (p11_kit_uri_set_attributes(uri, attributes, count) == P11_KIT_URI_OK &&
        p11_kit_uri_format(uri, P11_KIT_URI_FOR_ANY, &text) == P11_KIT_URI_OK)
        return text;
    return NULL;
}

char *pkcs11_uri_format(const P11KitUri *like, const CK_TOKEN_INFO *token,
                        CK_ATTRIBUTE *attributes, CK_ULONG count)
{
    P11KitUri *uri = p11_kit_uri_new();
    CK_TOKEN_INFO *info;
    char *text;

    if (uri == NULL)
        return NULL;
    info = p11_kit_uri_get_token_info(uri);
    memcpy(info->label, token->label, sizeof info->label);
    if (like != NULL || count == 0)
        memcpy(info->serialNumber, token->serialNumber,
               sizeof info->serialNumber);
    if (like != NULL) {
        p11_kit_uri_set_module_name(uri, p11_kit_uri_get_module_name(like));
        p11_kit_uri_set_module_path(uri, p11_kit_uri_get_module_path(like));
    }
    text = format(uri, attributes, count);
    p11_kit_uri_free(uri);
    return text;
}

void pkcs11_uri_append(char *list, size_t size, const char *uri)
{
    static const char more[] = " ...";
    size_t len = strlen(list);
    bool full =
        len >= strlen(more) && strcmp(list + len - strlen(more), more) == 0;

    if (uri == NULL || full)
        return;
    if (len + strlen(", ") + strlen(uri) + sizeof more <= size)
        (void)snprintf(list + len, size - len, "%s%s", len > 0 ? ", " : "",
                       uri);
    else
        (void)snprintf(list + len, size - len, "%s", more);
}

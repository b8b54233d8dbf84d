/*
 * Scanning as json_scan.c is proved to do it: the elements of a container, each
 * within it and behind the one before.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SCAN_CONTRACTS_H
#define SCAN_CONTRACTS_H

#include "json_contracts.h"

static bool may_scan = true;

struct kjwt_json_scan kjwt_json_scan(struct kjwt_json_value container)
{
    struct kjwt_json_scan scan = {container.text + 1,
                                  container.text + container.len - 1,
                                  container.text[0] == '{'};

    prove(may_scan, "nothing is read of claims that were not verified");
    prove(is_readable(container) && container.len >= 2 &&
              (*container.text == '{' || *container.text == '['),
          "an object or an array");
    return scan;
}

/* A value that lies in [from, to); containers have two brackets. */
static struct kjwt_json_value value_within(const char *from, const char *to)
{
    struct kjwt_json_value value;

    value.text = from + any_length((size_t)(to - from));
    value.len = any_length((size_t)(to - value.text));
    assume(value.len >= 1);
    assume((*value.text != '"' && *value.text != '{' && *value.text != '[') ||
           value.len >= 2);
    return value;
}

bool kjwt_json_scan_next(struct kjwt_json_scan *scan,
                         struct kjwt_json_value *name,
                         struct kjwt_json_value *value)
{
    value->text = NULL;
    value->len = 0;
    if (scan->pos >= scan->end || nondet_bool())
        return false;
    if (scan->object) {
        *name = value_within(scan->pos, scan->end);
        assume(*name->text == '"');
        scan->pos = name->text + name->len;
        assume(scan->pos < scan->end);
    }
    *value = value_within(scan->pos, scan->end);
    scan->pos = value->text + value->len;
    scan->pos += any_length((size_t)(scan->end - scan->pos));
    return true;
}

#endif

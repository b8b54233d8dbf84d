/*
 * Scanning without tokens, for every object or array of at most LENGTH bytes
 * that is JSON (json_model.h).
 * SPDX-License-Identifier: Apache-2.0
 *
 * proof_next is a step of an induction: from the start or from behind a comma,
 * wherever that is, kjwt_json_scan_next() takes the next element, or the next
 * name and value, whole and nothing else, and stands behind a comma again or at
 * the end. proof_begin is the start. Reading stays within the container.
 */
#include <json_scan.c>

#include "json_model.h"

static char text[LENGTH];

/* What the model makes of the first i bytes. */
static enum model_state state[LENGTH + 1];
static uint32_t depth[LENGTH + 1];

/* An object or array that is JSON, at the end of the text; returns where. */
static size_t any_container(void)
{
    const size_t start = LENGTH - any_length(LENGTH);
    struct model m = {VALUE, 0, 0, false};

    __CPROVER_havoc_object(text);
    for (size_t i = 0; i < LENGTH; i++) {
        state[i] = m.state;
        depth[i] = m.depth;
        if (i >= start)
            model_step(&m, (uint8_t)text[i]);
    }
    assume(start < LENGTH && m.state == BEHIND && m.depth == 0);
    assume(text[start] == '{' || text[start] == '[');
    assume(!is_space_byte((uint8_t)text[LENGTH - 1]));
    return start;
}

static bool is_complete(enum model_state s)
{
    return s == BEHIND || s == ZERO || s == INTEGER || s == FRACTION ||
           s == EXPONENT_DIGITS;
}

/* A value that a container holds begins at i: not a level deeper, not within
 * a string. */
static bool begins(size_t i)
{
    return depth[i] == 1 && (state[i] == VALUE || state[i] == FIRST_ELEMENT) &&
           !is_space_byte((uint8_t)text[i]);
}

static void is_value(struct kjwt_json_value value)
{
    const size_t from = (size_t)(value.text - text);
    const size_t to = from + value.len;

    prove(from < LENGTH && value.len > 0 && to < LENGTH, "within");
    prove(begins(from), "from its first byte");
    prove(depth[to] == 1 && is_complete(state[to]), "to its last");
    for (size_t i = from + 1; i < LENGTH; i++)
        if (i < to)
            prove(depth[i] > 1 || state[i] != BEHIND, "and no further");
    prove(depth[to + 1] == 0 || state[to + 1] == BEHIND ||
              state[to + 1] == VALUE || state[to + 1] == NAME,
          "all of a number");
}

static void is_name(struct kjwt_json_value name)
{
    const size_t from = (size_t)(name.text - text);
    const size_t to = from + name.len;

    prove(from < LENGTH && name.len > 1 && to < LENGTH, "within");
    prove(text[from] == '"' && depth[from] == 1 &&
              (state[from] == NAME || state[from] == FIRST_NAME),
          "from its quote");
    prove(state[to] == COLON, "to its other");
    for (size_t i = from + 1; i < LENGTH; i++)
        if (i < to)
            prove(state[i] >= CHARACTERS && state[i] <= HEX4, "no further");
}

void proof_next(void)
{
    const size_t start = any_container();
    const char *const end = text + LENGTH - 1;
    const bool object = text[start] == '{';
    const size_t from = start + 1 + any_length(LENGTH - 1 - start);
    struct kjwt_json_scan scan = {text + from, end, object};
    struct kjwt_json_value name = {NULL, 0};
    struct kjwt_json_value value = {NULL, 0};

    assume(depth[from] == 1);
    assume(state[from] == FIRST_NAME || state[from] == NAME ||
           state[from] == FIRST_ELEMENT || (!object && state[from] == VALUE));
    if (!kjwt_json_scan_next(&scan, &name, &value)) {
        prove(value.text == NULL && value.len == 0, "nothing");
        for (size_t i = from; i < LENGTH - 1; i++)
            prove(is_space_byte((uint8_t)text[i]), "nothing left out");
        return;
    }
    is_value(value);
    if (object) {
        is_name(name);
        prove(name.text + name.len < value.text, "the name of that value");
    }
    prove(scan.end == end && scan.object == object, "the same container");
    prove(scan.pos >= value.text + value.len && scan.pos <= end,
          "the scan moves on");
    if (scan.pos < end)
        prove(depth[scan.pos - text] == 1 &&
                  state[scan.pos - text] == (object ? NAME : VALUE),
              "behind a comma");
    end_of_proof();
}

void proof_begin(void)
{
    const size_t start = any_container();
    const struct kjwt_json_value container = {text + start, LENGTH - start};
    const struct kjwt_json_scan scan = kjwt_json_scan(container);

    prove(scan.pos == text + start + 1 && scan.end == text + LENGTH - 1 &&
              scan.object == (text[start] == '{'),
          "within the brackets");
    end_of_proof();
}

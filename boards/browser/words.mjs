/*
 * What a verdict means, in words. The names of the statuses and what they say
 * are the verifier's own.
 *
 * SPDX-License-Identifier: Apache-2.0
 */

/* ---------------------------------------------------------------- times --- */

const UNITS = [["year", 31557600], ["month", 2629800], ["day", 86400],
               ["hour", 3600], ["minute", 60], ["second", 1]];

function counted(count, unit) {
    return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

/* "2 days 3 hours": the largest unit, and the next one where there is any. */
export function duration(seconds) {
    const i = UNITS.findIndex(([, size]) => seconds >= size);

    if (i < 0)
        return "0 seconds";
    const [unit, size] = UNITS[i];
    const count = Math.floor(seconds / size);
    const [nextUnit, nextSize] = UNITS[i + 1] ?? ["", Infinity];
    const rest = Math.floor((seconds - count * size) / nextSize);

    return counted(count, unit) + (rest > 0 ? ` ${counted(rest, nextUnit)}` : "");
}

/* "2027-01-15 08:00:00 UTC"; null for what is no NumericDate (RFC 7519 2). */
export function date(seconds) {
    if (typeof seconds !== "number" || !(seconds >= 0 && seconds < 253402300800))
        return null;
    return new Date(Math.floor(seconds) * 1000).toISOString()
        .replace("T", " ").replace(".000Z", " UTC");
}

export function relative(seconds, now) {
    const words = duration(Math.abs(Math.floor(seconds) - now));

    return seconds > now ? `in ${words}` : `${words} ago`;
}

/* A sentence about `exp`; null where it is no date. */
export function expiry(exp, now) {
    if (exp === undefined)
        return "It does not expire.";
    if (date(exp) === null)
        return null;
    if (now === null)
        return `It expires on ${date(exp)}; the device has no clock.`;
    return exp > now
        ? `It expires ${relative(exp, now)}, on ${date(exp)}.`
        : `It expired ${relative(exp, now)}, on ${date(exp)}.`;
}

/* --------------------------------------------------------------- checks --- */

export const CHECKS = ["Three parts, not too long", "Header", "Key", "Signature",
                       "Claims Set", "Issuer, subject, audience", "Times"];

const CHECK_OF_STATUS = {
    KJWT_ERR_LIMIT_TOKEN: 0, KJWT_ERR_SERIALIZATION: 0,
    KJWT_ERR_KEY_UNKNOWN: 2, KJWT_ERR_KEY_AMBIGUOUS: 2,
    KJWT_ERR_CLAIM_TYPE: 5, KJWT_ERR_ISSUER: 5, KJWT_ERR_SUBJECT: 5,
    KJWT_ERR_AUDIENCE: 5,
    KJWT_ERR_NUMERIC_DATE: 6, KJWT_ERR_EXP_MISSING: 6, KJWT_ERR_EXPIRED: 6,
    KJWT_ERR_NOT_YET_VALID: 6, KJWT_ERR_IAT_MISSING: 6,
    KJWT_ERR_IAT_FUTURE: 6, KJWT_ERR_TOO_OLD: 6, KJWT_ERR_TIME_UNKNOWN: 6,
};
const CHECK_OF_PART = { header: 1, signature: 3, payload: 4 };

export const SIGNATURE_CHECK = 3;

/* The index in CHECKS of the one that failed; their number when none did. */
export function failedCheck(verdict) {
    if (verdict.accepted)
        return CHECKS.length;
    return CHECK_OF_STATUS[verdict.status] ??
        CHECK_OF_PART[verdict.offence.part] ?? 0;
}

/* --------------------------------------------------------------- advice --- */

const ADVICE = {
    KJWT_ERR_LIMIT_TOKEN: "A device takes up to 4,096 bytes: mint it with " +
        "fewer or shorter claims.",
    KJWT_ERR_SERIALIZATION: "Copy the whole token and nothing else: " +
        "header.payload.signature.",
    KJWT_ERR_BASE64URL: "A character was lost, added or changed on the way; " +
        "copy the token again, without white space, quotes or \"Bearer\".",
    KJWT_ERR_ALG: "Only RS256 is verified, spelled exactly so.",
    KJWT_ERR_KEY_UNKNOWN: "The token was signed with another key than these.",
    KJWT_ERR_SIGNATURE: "Either the token was changed after it was signed, or " +
        "it was signed with another key than this one.",
    KJWT_ERR_SIGNATURE_LENGTH: "The token was cut, or signed with a key of " +
        "another size.",
    KJWT_ERR_SIGNATURE_RANGE: "It was signed with another key than this one.",
    KJWT_ERR_AUDIENCE: "The token is meant for somebody else, or the device " +
        "expects no audience.",
    KJWT_ERR_EXP_MISSING: "Mint it with --ttl, or let the device accept tokens " +
        "that do not expire (KJWT_EXP_OPTIONAL).",
    KJWT_ERR_EXPIRED: "Mint a new one, and hold the device's clock against " +
        "the bench's.",
    KJWT_ERR_NOT_YET_VALID: "Wait, or hold the device's clock against the " +
        "bench's.",
    KJWT_ERR_TIME_UNKNOWN: "Set the device's clock, or let it accept tokens " +
        "without one (KJWT_TIME_UNKNOWN_OK).",
};

export function advice(verdict) {
    return ADVICE[verdict.status] ?? null;
}

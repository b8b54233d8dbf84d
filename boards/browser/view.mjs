/*
 * A token and its JSON for the eye: spans of text, of which some are marked.
 * Nothing is taken for HTML.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
const MOST_SHOWN = 4096;
const PART_CLASSES = ["header", "payload", "signature"];

export function span(className, text, tag = "span") {
    const element = document.createElement(tag);

    element.className = className;
    element.textContent = text;
    return element;
}

/* [text, start, end) as nodes, what lies within mark as <mark>. */
function markedNodes(text, start, end, mark) {
    const from = Math.min(Math.max(mark.start, start), end);
    const to = Math.min(Math.max(mark.end, from), end);
    const nodes = [document.createTextNode(text.slice(start, from))];

    if (to > from)
        nodes.push(span("", text.slice(from, to), "mark"));
    nodes.push(document.createTextNode(text.slice(to, end)));
    return nodes;
}

/* The token's parts in their colours. Characters and bytes are the same up to
 * the first one that is no ASCII. */
export function showToken(parent, token, mark) {
    const shown = Math.min(token.length, MOST_SHOWN + 64);
    let start = 0;

    parent.replaceChildren();
    for (let i = 0; start <= shown; i++) {
        const dot = token.indexOf(".", start);
        const end = Math.min(dot < 0 ? shown : dot, shown);
        const part = span(PART_CLASSES[i] ?? "", "");

        part.append(...markedNodes(token, start, end, mark));
        parent.append(part);
        if (end === shown)
            break;
        parent.append(...markedNodes(token, end, end + 1, mark));
        start = end + 1;
    }
    if (token.length > shown)
        parent.append(span("words",
            ` … and ${(token.length - shown).toLocaleString("en")} more`));
}

/* ----------------------------------------------------------------- JSON --- */

const JSON_TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/* Each JSON token with where it stands in the text and what goes before it. */
function* layOut(text) {
    let depth = 0;
    let before = "";

    for (const { 0: word, index } of text.matchAll(JSON_TOKEN)) {
        const opens = word === "{" || word === "[";
        const closes = word === "}" || word === "]";
        const lineBreak = () => `\n${"  ".repeat(depth)}`;

        if (closes)
            depth--;
        let space = "";
        if (closes ? !"{[".includes(before) : before !== "" &&
            "{[,".includes(before))
            space = lineBreak();
        else if (before === ":")
            space = " ";
        yield { word, index, space, depth };
        if (opens)
            depth++;
        before = word;
    }
}

/* JSON text that passed the verifier's grammar, a member a line. mark is in
 * characters of the text; comment(name, value) gives words for a member of the
 * outermost object, or null. */
export function showJson(parent, text, mark, comment) {
    let name = null;
    let pending = null;

    parent.replaceChildren();
    for (const { word, index, space, depth } of layOut(text)) {
        const inside = index >= mark.start && index < mark.end;

        /* Behind the comma, or at the end. */
        if (pending !== null && space.startsWith("\n")) {
            parent.append(span("words", `   ${pending}`));
            pending = null;
        }
        parent.append(space, inside ? span("", word, "mark") : word);
        if (depth === 1 && word === ":")
            continue;
        if (depth === 1 && space.startsWith("\n"))
            name = word;
        else if (depth === 1 && space === " ")
            pending = comment(name, word);
    }
}

export function showText(parent, text) {
    parent.replaceChildren(text);
}

/* Makes a differing case small: leaves out whatever can be left out while the answers differ. */

/* All ways to make a case smaller by one step: without a record, a field, a part of the context. */
function* smallerCases(one) {
    for (let i = one.records.length - 1; i >= 0; i--)
        yield {...one, records: one.records.filter((_, at) => at !== i)};
    for (const key of ['context', 'region'])
        if (one[key] !== undefined) yield {...one, [key]: undefined};
    for (const key of Object.keys(one.context ?? {}))
        yield {...one, context: {...one.context, [key]: undefined}};
    for (let i = 0; i < one.records.length; i++)
        for (const key of Object.keys(one.records[i]))
            yield {
                ...one,
                records: one.records.map((r, at) => (at === i ? {...r, [key]: undefined} : r)),
            };
}

function* smallerBundles(bundle) {
    if (bundle.knownAt !== undefined) yield {...bundle, knownAt: undefined};
    for (const document of bundle.documents.length > 1 ? bundle.documents : [])
        yield {...bundle, documents: [document]};
    for (let d = 0; bundle.isInvented && d < bundle.documents.length; d++)
        for (
            let r = 0;
            r < bundle.documents[d].rules.length && bundle.documents[d].rules.length > 1;
            r++
        )
            yield {
                ...bundle,
                documents: bundle.documents.map((document, at) =>
                    at !== d
                        ? document
                        : {...document, rules: document.rules.filter((_, place) => place !== r)},
                ),
            };
}

const isVerdict = (text) => text?.startsWith('{"id"');

/* again(bundle, lines) -> differences. A step must keep both answers of the sort they were, so
 * that a wrong colour does not end as a quarrel over a line that was spoiled on the way. What is
 * no difference when asked once more alone (a case judged by every day) stays as it is. */
export function minimise(bundle, difference, again) {
    let best = {bundle, ...difference, ...again(bundle, [difference.line])[0]};
    const still = (b, text) => {
        try {
            const found = again(b, [text])[0];
            return found !== undefined &&
                isVerdict(found.theirs) === isVerdict(best.theirs) &&
                isVerdict(found.ours) === isVerdict(best.ours)
                ? {bundle: b, ...found}
                : undefined;
        } catch {
            return undefined; // a policy without that rule may be refused
        }
    };
    const first = (steps, made) => {
        for (const step of steps) {
            const found = made(step);
            if (found !== undefined) return found;
        }
        return undefined;
    };
    for (let better = best; better !== undefined;) {
        best = better;
        let one;
        try {
            one = JSON.parse(best.line);
        } catch {
            return best;
        }
        better =
            first(smallerBundles(best.bundle), (b) => still(b, best.line)) ??
            (Array.isArray(one?.records)
                ? first(smallerCases(one), (c) => still(best.bundle, JSON.stringify(c)))
                : undefined);
    }
    return best;
}

// The suggestion for a misspelled name.

/** The name with the smallest edit distance to a text, if the difference can be a typing error; else null. */
export function nearest(found, names) {
  let [best, least] = [null, Infinity];
  for (const name of names) {
    const distance = editDistance(found.toLowerCase(), name.toLowerCase());
    const most = Math.min(Math.max(Math.floor(name.length / 3), 1), 3);
    if (distance <= most && distance < least) [best, least] = [name, distance];
  }
  return best;
}

function editDistance(a, b) {
  // Longer texts are no typing errors.
  if (a.length > 100) return Infinity;
  let row = [...b, ''].map((_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length];
}

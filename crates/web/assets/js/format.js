// Formats numbers and dates in the language of the page.

let language = 'en';
let currency = 'USD';
const formatters = new Map();

/** Sets the language and currency of all formats. */
export function setLocale(code, money) {
  language = code;
  currency = money ?? 'USD';
  formatters.clear();
}

function numberFormat(key, options) {
  let found = formatters.get(key);
  if (!found) {
    found = new Intl.NumberFormat(language, options);
    formatters.set(key, found);
  }
  return found;
}

function dateFormat(key, options) {
  let found = formatters.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(language, { timeZone: 'UTC', ...options });
    formatters.set(key, found);
  }
  return found;
}

const NUMBERS = {
  count: { maximumFractionDigits: 0 },
  credits: { maximumFractionDigits: 0 },
  credits_small: { maximumFractionDigits: 2 },
  percent: { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 },
  ratio: { maximumSignificantDigits: 3 },
  days: { maximumFractionDigits: 1 },
};

/** Returns true if values of this format are numbers, which are aligned to the right. */
export function isNumeric(format) {
  return format === 'money' || format in NUMBERS;
}

/** Formats a value; an empty one as a dash. */
export function formatValue(value, format) {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'boolean') return value ? '✓' : '–';
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return '–';
    if (format === 'weekday') return weekdayName(value);
    if (format === 'money') {
      const digits = Math.abs(value) >= 1000 ? 0 : 2;
      return numberFormat(`money${digits}`, {
        style: 'currency', currency, currencyDisplay: 'narrowSymbol', minimumFractionDigits: digits, maximumFractionDigits: digits,
      }).format(value);
    }
    let key = format in NUMBERS ? format : 'ratio';
    if (key === 'credits' && Math.abs(value) < 100) key = 'credits_small';
    return numberFormat(key, NUMBERS[key]).format(value);
  }
  if (format === 'date' || format === 'month') return formatDate(value, format);
  return String(value);
}

/** The name of a weekday; 1 is Monday. */
function weekdayName(number) {
  const monday = new Date(Date.UTC(2024, 0, number));
  return dateFormat('weekday', { weekday: 'short' }).format(monday);
}

/** Formats a value for an axis: short. */
export function formatShort(value, format) {
  if (typeof value !== 'number') return formatValue(value, format);
  if (format === 'percent') return numberFormat('percent0', { style: 'percent', maximumFractionDigits: 1 }).format(value);
  const options = { notation: 'compact', maximumFractionDigits: 1 };
  if (format === 'money') {
    return numberFormat('money-short', { ...options, style: 'currency', currency, currencyDisplay: 'narrowSymbol' }).format(value);
  }
  if (Math.abs(value) < 1) return numberFormat('ratio', NUMBERS.ratio).format(value);
  return numberFormat('short', options).format(value);
}

/** Formats a headline number: in full below a million, compact above. */
export function formatHeadline(value, format) {
  if (typeof value === 'number' && Math.abs(value) >= 1e6 && format !== 'percent') {
    const options = { notation: 'compact', maximumFractionDigits: 2 };
    if (format === 'money') Object.assign(options, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' });
    return numberFormat(`headline-${format === 'money'}`, options).format(value);
  }
  return formatValue(value, format);
}

const AGES = [['day', 1440], ['hour', 60], ['minute', 1]];

/** How long ago a moment was: `3 hours ago`. */
export function formatAge(moment) {
  const minutes = Math.floor((Date.now() - Date.parse(moment)) / 60000);
  if (minutes < 1) return new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(0, 'second');
  // Hours up to two days, as the command line says it.
  const [unit, size] = AGES.find(([name, one]) => minutes >= (name === 'day' ? 2 * one : one)) ?? AGES.at(-1);
  return new Intl.RelativeTimeFormat(language, { numeric: 'always' }).format(-Math.floor(minutes / size), unit);
}

/** Parses an ISO day as a UTC date; null if it is not one. */
export function parseDay(text) {
  const match = /^(\d{4})-(\d{2})(?:-(\d{2}))?/.exec(text ?? '');
  if (!match) return null;
  const day = new Date(Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3] ?? 1)));
  return Number.isNaN(day.getTime()) ? null : day;
}

/** Formats a UTC date as an ISO day. */
export function isoDay(day) {
  return day.toISOString().slice(0, 10);
}

/** The number of days between two ISO days. */
export function daysBetween(from, to) {
  return Math.round((parseDay(to) - parseDay(from)) / 86_400_000);
}

/** Returns the ISO day `count` days later. */
export function addDays(text, count) {
  const day = parseDay(text);
  if (!day) return text;
  day.setUTCDate(day.getUTCDate() + count);
  return isoDay(day);
}

/** Formats a date in full: `Aug 31, 2026`. */
export function formatDate(text, grain) {
  const day = parseDay(text);
  if (!day) return String(text ?? '');
  if (grain === 'month' || /^\d{4}-\d{2}$/.test(text)) return dateFormat('month', { year: 'numeric', month: 'short' }).format(day);
  return dateFormat('day', { year: 'numeric', month: 'short', day: 'numeric' }).format(day);
}

/** Formats a date for an axis: `Aug 31`, or `Aug 2026` for months. */
export function formatAxisDate(text, grain) {
  const day = parseDay(text);
  if (!day) return String(text ?? '');
  if (grain === 'month') return dateFormat('month', { year: 'numeric', month: 'short' }).format(day);
  return dateFormat('axis', { month: 'short', day: 'numeric' }).format(day);
}

/** Formats two dates as a range, with the year once. */
export function formatRange(from, to) {
  const first = parseDay(from);
  const last = parseDay(to);
  if (!first || !last) return '';
  const format = dateFormat('day', { year: 'numeric', month: 'short', day: 'numeric' });
  return format.formatRange ? format.formatRange(first, last) : `${format.format(first)} – ${format.format(last)}`;
}

/** Formats a signed change in percent: `+12.3%`. */
export function formatChange(ratio) {
  return numberFormat('change', { style: 'percent', maximumFractionDigits: 1, signDisplay: 'exceptZero' }).format(ratio);
}

/** Formats a signed number, such as a change in percentage points. */
export function formatSigned(value, digits) {
  return numberFormat(`signed${digits}`, { maximumFractionDigits: digits, signDisplay: 'exceptZero' }).format(value);
}

/** Returns the collator of the language. */
export function collator() {
  return new Intl.Collator(language, { numeric: true, sensitivity: 'base' });
}

// Downloads: a chart as a picture, and data as CSV in report files.

import { el } from './dom.js';
import { pageFonts, styleColour } from './theme.js';

/** Downloads a blob as a file. */
export function saveBlob(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = el('a', { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Downloads the chart with its title and subtitle as a PNG file. */
export async function savePicture(chart, visual, name) {
  const scale = 2;
  const picture = new Image();
  const loaded = new Promise((resolve, reject) => {
    picture.onload = resolve;
    picture.onerror = reject;
  });
  picture.src = chart.getDataURL({ type: 'png', pixelRatio: scale, backgroundColor: styleColour('card') });
  await loaded;
  const pad = 20 * scale;
  const head = 62 * scale;
  const canvas = document.createElement('canvas');
  canvas.width = picture.width + 2 * pad;
  canvas.height = picture.height + head + pad;
  const pen = canvas.getContext('2d');
  const font = pageFonts();
  pen.fillStyle = styleColour('card');
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = styleColour('ink');
  pen.font = `600 ${16 * scale}px ${font}`;
  pen.fillText(visual.title, pad, 30 * scale, picture.width);
  pen.fillStyle = styleColour('ink-3');
  pen.font = `${12 * scale}px ${font}`;
  pen.fillText(visual.subtitle ?? '', pad, 49 * scale, picture.width);
  pen.drawImage(picture, pad, head);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
  saveBlob(blob, name);
}

/** Returns a figure as CSV. Texts that a spreadsheet would run as formulas get an apostrophe in front. */
export function csvOf(figure) {
  const columns = figure.columns.map((column, index) => ({ column, index })).filter(({ column }) => column.role !== 'hidden');
  const quote = (value) => {
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    let text = value === null || value === undefined ? '' : String(value);
    if (/^[=+\-@\t\r\n＝＋－＠]/.test(text)) text = `'${text}`;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  // The columns of a pivot are days: ISO dates include the year.
  const lines = [columns.map(({ column }) => quote(column.label_format ? column.name : column.text))];
  for (const row of figure.rows) lines.push(columns.map(({ index }) => quote(row[index])));
  return lines.map((line) => `${line.join(',')}\r\n`).join('');
}

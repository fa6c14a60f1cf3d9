/** Any UTF-8 text but the empty one can be a label name. Bytes that are none are surrogates here. */
export function isLabelName(text: string): boolean {
  return text !== '' && text.isWellFormed();
}

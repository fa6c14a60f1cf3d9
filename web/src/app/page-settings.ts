/** What the server wrote into the page. */

/** Of the response's Content-Security-Policy; '' while developing, where there is none. */
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="wk-nonce"]')?.content ?? '';
}

/** Path under which the program answers, without a slash at its end: '' or '/watchkeeper'. */
export function basePath(): string {
  return new URL(document.baseURI).pathname.replace(/\/(index\.html)?$/, '');
}

/** What the page's policy wants to see on every style element that a library makes; new with each answer of the gateway. */
export const nonce: string = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''

/** Whether the key goes to an input method. 229: in browsers that don't say so with isComposing. */
export const isComposing = e => e.isComposing || e.keyCode === 229;

/** How a table can be saved. */
export const FORMATS = ['yaml', 'json', 'rules'] as const
export type Format = (typeof FORMATS)[number]

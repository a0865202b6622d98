/** Who does something, and from where: `console`, or an address. */
export type By = {user: string; from: string};

/** The bytes of a certificate file and its key file, and of the file for the chain of a target that has one. */
export type PairBytes = {certificate: Buffer; key: Buffer; chainFile?: Buffer};

/** The bytes of a certificate file and its key file. */
export type PairBytes = {certificate: Buffer; key: Buffer};

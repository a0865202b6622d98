import type {PemText} from '../parse/pem-text.js';
import type {Role} from './finding.js';

/** A file that was read, with its PEM blocks. */
export type ReadFile = {role: Role; name: string; bytes: Buffer; text: PemText};

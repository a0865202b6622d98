import type {Machine} from '../appliance/roles.js';
import type {Tone} from './conversation.js';

/** What the header of a console says of the machine that it belongs to. */
export type Header = {name: string; /** In words. */ role: string; machine: Machine; version: string};

/** Until when the installed certificate is valid, for the main menu. */
export type CertificateNote = {text: string; tone: Tone};

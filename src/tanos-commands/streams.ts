import type {Readable, Writable} from 'node:stream';

/** The three streams of a command. With a terminal between, lines end with CR LF and what is typed must be echoed. */
export type Streams = {
	input: Readable;
	output: Writable;
	errors: Writable;
	/** Whether input and output are a terminal that leaves echo and line ends to us. */
	terminal: boolean;
	/** Aborted when whoever gave the command is gone. */
	signal?: AbortSignal;
};

import {margin, type ConsoleState} from '../src/console/state.js';
import {rowsOf} from '../src/console/transcript.js';
import {Frame} from './frame.js';
import {Prompt} from './parts/prompt.js';
import {Rows} from './parts/rows.js';

/** An unexpected error. `reference` identifies its entry in the audit log, or is the error itself when it could not be logged. */
export function CrashScreen({state, reference}: {state: ConsoleState; reference: string}) {
	const {columns, line} = state;
	const width = columns - margin;
	return (
		<Frame state={state} prompt={<Prompt prompt='Press Enter to end this session.' line={line} columns={columns} />}>
			<Rows rows={rowsOf([{kind: 'text', text: 'This session ended because of a fault in the console.', tone: 'bad'}], width)} />
			<Rows
				rows={rowsOf(
					[
						{
							kind: 'text',
							text: `The audit log describes it: ${reference}.\nAn installation in progress is completed or undone at the next sign-in.`,
							tone: 'plain',
						},
					],
					width,
				)}
			/>
		</Frame>
	);
}

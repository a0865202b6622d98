import {Text} from 'ink';
import {keyTable} from '../src/console/key-table.js';
import type {ConsoleState} from '../src/console/state.js';
import {margin} from '../src/console/state.js';
import {rowsOf} from '../src/console/transcript.js';
import {Frame} from './frame.js';
import {Rows} from './parts/rows.js';

/** What each key does. */
export function HelpScreen({state}: {state: ConsoleState}) {
	const rows = rowsOf([{kind: 'table', rows: keyTable.map(({keys, does}) => [keys, does]), heads: false}], state.columns - margin);
	return (
		<Frame state={state} prompt={<Text bold>Press Enter to continue._</Text>} hint={<Text> </Text>}>
			<Text bold>Keys</Text>
			<Text> </Text>
			<Rows rows={rows}/>
		</Frame>
	);
}

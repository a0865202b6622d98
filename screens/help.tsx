import {Text} from 'ink';
import {keyTable} from '../src/console/key-table.js';
import {bodyRows, margin, titleRows, type ConsoleState} from '../src/console/state.js';
import {rowsOf} from '../src/console/transcript.js';
import {Frame} from './frame.js';
import {Prompt} from './parts/prompt.js';
import {firstRows, Rows} from './parts/rows.js';

/** What each key does. */
export function HelpScreen({state}: {state: ConsoleState}) {
	const {columns, line} = state;
	const rows = rowsOf([{kind: 'table', rows: keyTable.map(({keys, does}) => [keys, does]), heads: false}], columns - margin);
	return (
		<Frame state={state} prompt={<Prompt prompt='Press Enter to continue.' line={line} columns={columns}/>}>
			<Text bold>Keys</Text>
			<Text> </Text>
			<Rows rows={firstRows(rows, bodyRows(state) - titleRows)}/>
		</Frame>
	);
}

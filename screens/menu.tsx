import {Box, Text} from 'ink';
import stringWidth from 'string-width';
import {menuAt, whyDimmed} from '../src/console/menus.js';
import {bodyRows, margin, titleRows, type ConsoleState, type View} from '../src/console/state.js';
import {rowsOf} from '../src/console/transcript.js';
import {Frame} from './frame.js';
import {ChoiceList} from './parts/choice-list.js';
import {Hints} from './parts/hints.js';
import {Prompt} from './parts/prompt.js';
import {firstRows, Rows} from './parts/rows.js';

/** A menu with all its entries. A disabled entry shows the reason. */
export function MenuScreen({state, view}: {state: ConsoleState; view: View & {kind: 'menu'}}) {
	const {appliance, behind, columns, line, user} = state;
	const menu = menuAt(view.path);
	const role = user?.role ?? 'tanuser';
	const choices = menu.items.map(item => ({key: item.key, label: item.label, disabled: whyDimmed(item, role, appliance.machine)}));
	const room = bodyRows(state) - titleRows;
	// Even the longest notice leaves room for one entry and an empty row.
	const notice =
		view.notice === '' ? [] : firstRows(rowsOf([{kind: 'text', text: view.notice, tone: 'warning'}], columns - margin), room - 2);
	const isMain = view.path.length === 0;
	return (
		<Frame
			state={state}
			prompt={<Prompt prompt='Enter a key:' line={line} behind={behind} columns={columns} />}
			hint={
				isMain ? (
					<Hints hints={mainHints} aside={appliance.version} columns={columns} />
				) : (
					<Hints hints={['R  back', 'RR  main menu', ...mainHints]} columns={columns} />
				)
			}
		>
			<Title
				title={isMain ? menu.title : `${view.path.join('-')}  ${menu.title}`}
				aside={isMain ? state.certificate : undefined}
				columns={columns}
			/>
			<Text> </Text>
			<ChoiceList choices={choices} selected={view.selected} rows={room - (notice.length > 0 ? notice.length + 1 : 0)} />
			{notice.length > 0 && (
				<Box marginTop={1} flexDirection='column'>
					<Rows rows={notice} />
				</Box>
			)}
		</Frame>
	);
}

const mainHints = ['?  help', 'Z  log out'];

/** The text beside the title is left out when there is no room for both. */
function Title({title, aside, columns}: {title: string; aside: ConsoleState['certificate']; columns: number}) {
	const fits = aside !== undefined && stringWidth(`${title}  ${aside.text}`) <= columns - margin;
	return (
		<Box justifyContent='space-between' height={1} flexShrink={0}>
			<Text bold wrap='truncate'>
				{title}
			</Text>
			{fits && <Rows rows={[{text: aside.text, tone: aside.tone}]} />}
		</Box>
	);
}

import {Box, Text} from 'ink';
import {menuAt, whyDisabled} from '../src/console/menus.js';
import {bodyRows, margin, titleRows, type ConsoleState, type View} from '../src/console/state.js';
import {rowsOf} from '../src/console/transcript.js';
import {Frame} from './frame.js';
import {ChoiceList} from './parts/choice-list.js';
import {Prompt} from './parts/prompt.js';
import {Rows} from './parts/rows.js';

/** A menu: every entry in its place, those that are disabled with their reason. */
export function MenuScreen({state, view}: {state: ConsoleState; view: View & {kind: 'menu'}}) {
	const menu = menuAt(view.path);
	const role = state.user?.role ?? 'tanuser';
	const choices = menu.items.map(item => ({key: item.key, label: item.label, disabled: whyDisabled(item, role)}));
	const notice = view.notice === '' ? [] : rowsOf([{kind: 'text', text: view.notice, tone: 'warning'}], state.columns - margin);
	const isMain = view.path.length === 0;
	return (
		<Frame
			state={state}
			prompt={<Prompt prompt='Enter a key:' line={state.line} columns={state.columns}/>}
			hint={<Hint text={isMain ? '?  help    Z  log out' : 'R  back    RR  main menu    ?  help    Z  log out'} version={isMain ? state.appliance.version : ''}/>}
		>
			<Text bold wrap='truncate'>{isMain ? '' : `${view.path.join('-')}  `}{menu.title}</Text>
			<Text> </Text>
			<ChoiceList choices={choices} selected={view.selected} rows={bodyRows(state) - titleRows - (notice.length > 0 ? notice.length + 1 : 0)}/>
			{notice.length > 0 && <Box marginTop={1} flexDirection='column'><Rows rows={notice}/></Box>}
		</Frame>
	);
}

function Hint({text, version}: {text: string; version: string}) {
	return (
		<Box justifyContent='space-between' flexGrow={1}>
			<Text dimColor wrap='truncate'>{text}</Text>
			<Text dimColor wrap='truncate'>{version}</Text>
		</Box>
	);
}

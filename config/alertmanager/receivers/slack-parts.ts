/** Reads the fields and buttons of a Slack message. */
import type { YamlSection } from '../../yaml-section.ts';

export interface SlackField {
  readonly title: string;
  readonly value: string;
  readonly short: boolean | undefined;
}

export interface SlackConfirmation {
  readonly text: string;
  readonly title: string;
  readonly okText: string;
  readonly dismissText: string;
}

/** A button that opens `url`, or, where that is '', one of the app named `name`. */
export interface SlackAction {
  readonly type: string;
  readonly text: string;
  readonly url: string;
  readonly style: string;
  readonly name: string;
  readonly value: string;
  readonly confirm: SlackConfirmation | undefined;
}

export function readSlackField(section: YamlSection): SlackField {
  const title = section.string('title');
  const value = section.string('value');
  if (title === '') section.problem(undefined, 'missing title in Slack field configuration');
  else if (value === '') section.problem(undefined, 'missing value in Slack field configuration');
  return { title, value, short: section.optionalBoolean('short') };
}

export function readSlackAction(section: YamlSection): SlackAction {
  const type = section.string('type');
  const text = section.string('text');
  const url = section.string('url');
  const name = section.string('name');
  const value = section.string('value');
  const confirm = readConfirmation(section);
  if (type === '') section.problem(undefined, 'missing type in Slack action configuration');
  else if (text === '') section.problem(undefined, 'missing text in Slack action configuration');
  else if (url === '' && name === '') {
    section.problem(undefined, 'missing name or url in Slack action configuration');
  }
  const isLink = url !== '';
  return {
    type,
    text,
    url,
    style: section.string('style'),
    name: isLink ? '' : name,
    value: isLink ? '' : value,
    confirm: isLink ? undefined : confirm,
  };
}

function readConfirmation(parent: YamlSection): SlackConfirmation | undefined {
  const section = parent.section('confirm', 'config.plain');
  if (section === undefined) return undefined;
  const confirmation: SlackConfirmation = {
    text: section.string('text'),
    title: section.string('title'),
    okText: section.string('ok_text'),
    dismissText: section.string('dismiss_text'),
  };
  if (confirmation.text === '') {
    section.problem(undefined, 'missing text in Slack confirmation configuration');
  }
  section.finish();
  return confirmation;
}

/** Reads the section `messages`: what messages of alarm policies have besides their templates. */
import { quote } from './go-text.ts';
import { openOwnSection } from './own-section.ts';
import type { MessagesConfig } from './own-types.ts';
import type { YamlSection } from './yaml-section.ts';

const LANGUAGES: readonly MessagesConfig['language'][] = ['en', 'zh-CN'];

export function readMessages(root: YamlSection): MessagesConfig {
  const section = openOwnSection(root, 'messages');
  if (section === undefined)
    return { facts: true, pictures: true, language: 'en', timezone: 'UTC' };
  const timezone = section.string('timezone', 'UTC');
  if (!isZone(timezone)) {
    section.problem('timezone', `unknown time zone ${quote(timezone)}`, 'as Asia/Shanghai');
  }
  const config: MessagesConfig = {
    facts: section.boolean('facts', true),
    pictures: section.boolean('pictures', true),
    language: section.choice('language', LANGUAGES, 'en', (text) => {
      return `unknown language ${quote(text)}`;
    }),
    timezone,
  };
  section.finish();
  return config;
}

function isZone(name: string): boolean {
  try {
    void new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

import { useEffect, useState } from 'react';
import DOMPurify from 'dompurify';
import { useApplicationContext } from '@commercetools-frontend/application-shell-connectors';
import Text from '@commercetools-uikit/text';

type Props = { description: string; note?: string };

const ORIGIN = 'https://mc.europe-west1.gcp.commercetools.com';

export const Description = ({ description, note }: Props) => {
  const projectKey = useApplicationContext((context) => context.project?.key);
  const [token, setToken] = useState<string | null>(null);

  useEffect(() => {
    const listener = (event: MessageEvent) => {
      if (event.origin !== ORIGIN) {
        return;
      }
      setToken(event.data.token);
    };
    window.addEventListener('message', listener);
    window.addEventListener('message', (event) => setToken(event.data.token)); // finds: js-message-without-origin-check
    window.parent.postMessage({ type: 'ready', projectKey, token }, '*'); // finds: js-post-message-to-any-origin
    return () => window.removeEventListener('message', listener);
  }, [projectKey, token]);

  const next = new URLSearchParams(window.location.search).get('next');
  const leave = () => {
    if (next) {
      window.location.href = next; // finds: js-dom-redirect
    }
  };

  return (
    <div onClick={leave}>
      <Text.Body>{projectKey}</Text.Body>
      <div dangerouslySetInnerHTML={{ __html: description }} /> {/* finds: js-xss-react */}
      <div dangerouslySetInnerHTML={{ __html: DOMPurify.sanitize(note ?? '') }} />
    </div>
  );
};

export function mount(target: HTMLElement, title: string) {
  target.innerHTML = `<h1>${title}</h1>`; // finds: js-xss-dom
  target.innerHTML = '';
  target.textContent = title;
}

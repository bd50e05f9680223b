import '@picocss/pico/css/pico.classless.min.css';
import './style.css';
import { render } from 'preact';
import { App } from './app';
import { followLinks } from './route';
import { speakAsBefore } from './words';

followLinks();
void speakAsBefore().then(() => {
    const root = document.getElementById('app')!;
    root.replaceChildren();
    render(<App />, root);
});

// A colour is never alone: it comes with a shape and a word.
import { t, word } from '../words';

export type Colour = 'green' | 'yellow' | 'red' | 'none';

const shapes: Record<Colour, string> = {
    green: 'M12 1a11 11 0 1 0 0 22 11 11 0 0 0 0-22zM10.4 17 5.6 12.3l1.8-1.8 3 2.9 6.2-6.5 1.8 1.8z',
    yellow: 'M12 1.5 23.5 22H.5zM10.7 9v6h2.6V9zm0 7.5V19h2.6v-2.5z',
    red: 'M7.4 1h9.2L23 7.4v9.2L16.6 23H7.4L1 16.6V7.4zM8 6.3 6.3 8l4 4-4 4L8 17.7l4-4 4 4 1.7-1.7-4-4 4-4L16 6.3l-4 4z',
    none: 'M12 1a11 11 0 1 0 0 22 11 11 0 0 0 0-22zM6 10.7h12v2.6H6z',
};

export function Shape({ colour, size = 18 }: { colour: Colour; size?: number }) {
    return (
        <svg class="shape" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
            <path fill="currentColor" fill-rule="evenodd" d={shapes[colour]} />
        </svg>
    );
}

export const known = (colour: string | null | undefined): Colour =>
    colour === 'green' || colour === 'yellow' || colour === 'red' ? colour : 'none';

export function Badge({ colour }: { colour: string | null | undefined }) {
    const one = known(colour);
    return (
        <span class={`badge ${one}`}>
            <Shape colour={one} /> {word('colour', one)}
        </span>
    );
}

export const codeName = (colour: string | null | undefined): string =>
    t(`code.name.${known(colour)}`);

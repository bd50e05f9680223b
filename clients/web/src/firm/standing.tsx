// How many are green, yellow, red on a site: numbers with shape and word.
import { get } from '../api/client';
import { codeName, Shape } from '../parts/colour';
import { useLoad } from '../parts/states';

export function Standing({ site }: { site: number }) {
    const standing = useLoad(() => get('/v1/sites/{id}/standing', { path: { id: site } }), [site]);
    const one = standing.value;
    if (!one?.counted_at) return null;
    return (
        <ul class="tiles">
            {(['green', 'yellow', 'red'] as const).map((colour) => (
                <li key={colour} class={colour}>
                    <Shape colour={colour} size={22} />
                    <strong>{one[colour] ?? 0}</strong>
                    <span>{codeName(colour)}</span>
                </li>
            ))}
        </ul>
    );
}

// A QR code as whole squares, drawn here: the server gives the text only.
import { encode } from 'uqr';

const QUIET = 4; /* modules of white around it, ISO/IEC 18004 9.1 */

export function Qr({ text, label }: { text: string; label: string }) {
    const { data, size } = encode(text, { ecc: 'M', border: 0 });
    let path = '';
    for (let y = 0; y < size; y++)
        for (let x = 0; x < size; x++) if (data[y]![x]) path += `M${x + QUIET} ${y + QUIET}h1v1h-1z`;
    const side = size + 2 * QUIET;
    return (
        <svg class="qr" viewBox={`0 0 ${side} ${side}`} role="img" aria-label={label} shape-rendering="crispEdges">
            <path fill="#fff" d={`M0 0h${side}v${side}H0z`} />
            <path fill="#000" d={path} />
        </svg>
    );
}

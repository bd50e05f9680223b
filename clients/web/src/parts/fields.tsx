// A labelled field with its hint or its error: read out with it, and marked by more than colour.
import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';

interface About {
    label: string;
    hint?: string;
    error?: string;
}

function About({ id, hint, error, ok }: { id: string; hint?: string; error?: string; ok?: boolean }) {
    if (error) return <small id={id} class="wrong" role="alert">{error}</small>;
    return hint ? <small id={id} class={ok ? 'right' : ''}>{hint}</small> : null;
}

type InputProps = About & { ok?: boolean; set: (value: string) => void } & Omit<
        JSX.InputHTMLAttributes<HTMLInputElement>,
        'onInput' | 'id' | 'label'
    >;

export function Field({ label, hint, error, ok, set, ...input }: InputProps) {
    const id = useId();
    return (
        <div class="field">
            <label for={id}>{label}</label>
            <input
                {...input}
                id={id}
                aria-describedby={hint || error ? `${id}-about` : undefined}
                aria-invalid={error ? 'true' : ok ? 'false' : undefined}
                onInput={(event) => set(event.currentTarget.value)}
            />
            <About id={`${id}-about`} hint={hint} error={error} ok={ok} />
        </div>
    );
}

type ChoiceProps = About & { value: string; set: (value: string) => void; required?: boolean; children: ComponentChildren };

export function Choice({ label, hint, error, value, set, required, children }: ChoiceProps) {
    const id = useId();
    return (
        <div class="field">
            <label for={id}>{label}</label>
            <select
                id={id}
                value={value}
                required={required}
                aria-describedby={hint || error ? `${id}-about` : undefined}
                aria-invalid={error ? 'true' : undefined}
                onChange={(event) => set(event.currentTarget.value)}
            >
                {children}
            </select>
            <About id={`${id}-about`} hint={hint} error={error} />
        </div>
    );
}

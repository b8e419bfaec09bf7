package demo

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

const (
	pollFirst = 40 * time.Millisecond // then half as much again each time
	pollLast  = 500 * time.Millisecond
	settleIn  = 3 * time.Minute // past it something is broken
)

// decide is a head going through their inbox: most approvals in one lote, the
// rest one by one.
func (p *player) decide(ctx context.Context, jefe pa0580.FuncionarioID, steps []step) error {
	token := p.tokens[jefe]
	inbox, err := p.inbox(ctx, token)
	if err != nil {
		return err
	}
	var bulk []decision
	for _, s := range steps {
		id := p.loaded[s.Gestion]
		seen, waiting := inbox[id]
		if !waiting || seen.SinAplicar > 0 { // observed or decided before, or still moving
			if seen, err = p.settled(ctx, token, id); err != nil {
				return err
			}
		}
		d := decision{Accion: s.Accion, Version: seen.Version, Motivo: s.Motivo}
		if !s.Suelta {
			d.Gestion = id
			bulk = append(bulk, d)
			continue
		}
		if err := p.api.post(ctx, token, "/gestiones/"+id+"/decisiones", p.about(s), d, nil); err != nil {
			return err
		}
	}
	return p.decideLote(ctx, token, steps[0], bulk)
}

func (p *player) decideLote(ctx context.Context, token string, first step, bulk []decision) error {
	if len(bulk) == 0 {
		return nil
	}
	var out lote
	body := map[string]any{"comandos": bulk}
	if err := p.api.post(ctx, token, "/lotes", "lote "+p.about(first), body, &out); err != nil {
		return err
	}
	if len(out.Rechazos) > 0 {
		return fmt.Errorf("lote %s: %d refused, the first: %s %s", out.ID, len(out.Rechazos), out.Rechazos[0].Codigo, out.Rechazos[0].Mensaje)
	}
	if err := sleep(ctx, pollFirst); err != nil { // it is never done at once
		return err
	}
	return await(ctx, "lote "+out.ID, func() (bool, error) {
		err := p.api.get(ctx, token, "/lotes/"+out.ID, &out)
		return out.EnEspera == 0, err
	})
}

// inbox reads a head's whole inbox.
func (p *player) inbox(ctx context.Context, token string) (map[string]ficha, error) {
	const first = "/bandeja?limite=200"
	out := map[string]ficha{}
	for next := first; ; {
		var page pagina
		if err := p.api.get(ctx, token, next, &page); err != nil {
			return nil, err
		}
		for _, f := range page.Gestiones {
			out[f.ID] = f
		}
		if page.Siguiente == "" {
			return out, nil
		}
		next = first + "&cursor=" + url.QueryEscape(page.Siguiente)
	}
}

// settled reads a gestión once OPEN SGC has answered about it and what was
// asked before is applied.
func (p *player) settled(ctx context.Context, token, id string) (ficha, error) {
	var out ficha
	err := await(ctx, "gestión "+id, func() (bool, error) {
		err := p.api.get(ctx, token, "/gestiones/"+id, &out)
		return out.Estado != pa0580.Recibida && out.SinAplicar == 0, err
	})
	return out, err
}

// await asks until the answer is yes.
func await(ctx context.Context, what string, done func() (bool, error)) error {
	pause := pollFirst
	for start := time.Now(); ; pause = min(pause*3/2, pollLast) {
		yes, err := done()
		if yes || err != nil {
			return err
		}
		if time.Since(start) > settleIn {
			return fmt.Errorf("%s: not done after %s", what, settleIn)
		}
		if err := sleep(ctx, pause); err != nil {
			return err
		}
	}
}

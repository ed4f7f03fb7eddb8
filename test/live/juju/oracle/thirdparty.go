package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/go-macaroon-bakery/macaroon-bakery/v3/bakery"
	"github.com/go-macaroon-bakery/macaroon-bakery/v3/bakery/checkers"
	"github.com/go-macaroon-bakery/macaroon-bakery/v3/httpbakery"
	"github.com/go-macaroon-bakery/macaroon-bakery/v3/httpbakery/agent"
	"github.com/go-macaroon-bakery/macaroon-bakery/v3/httpbakery/form"
	"gopkg.in/juju/environschema.v1"
	"gopkg.in/macaroon.v2"
)

// What who knows an agent's key may do.
var login = bakery.Op{Entity: "login", Action: "login"}

// The token of every way to log in but that of agents: no text, as a third party may give one.
var goodToken = []byte("\xfe\xff token")

// thirdParty discharges caveats as their conditions say.
type thirdParty struct {
	base, name string
	key        *bakery.KeyPair
	locator    bakery.ThirdPartyLocator
	logins     *bakery.Bakery

	mu     sync.Mutex
	visits map[string]*visit
}

// visit is one person's login.
type visit struct {
	caveat *bakery.ThirdPartyCaveatInfo
	done   chan struct{}
}

func newThirdParty(base, name string, locator bakery.ThirdPartyLocator) *thirdParty {
	key := newKey()
	return &thirdParty{
		base:    base,
		name:    name,
		key:     key,
		locator: locator,
		logins:  bakery.New(bakery.BakeryParams{Location: base, Key: key, LegacyMacaroonOp: login}),
		visits:  make(map[string]*visit),
	}
}

func (t *thirdParty) serve(mux *http.ServeMux) {
	discharger := httpbakery.NewDischarger(httpbakery.DischargerParams{
		Key:      t.key,
		Locator:  t.locator,
		CheckerP: httpbakery.ThirdPartyCaveatCheckerPFunc(t.check),
	})
	discharger.AddMuxHandlers(mux, t.name)
	mux.HandleFunc(t.name+"/visit", t.visit)
	mux.HandleFunc(t.name+"/wait-token", t.waitToken)
	mux.HandleFunc(t.name+"/wait", t.wait)
	mux.HandleFunc(t.name+"/form", t.form)
	mux.HandleFunc(t.name+"/password", t.password)
	mux.HandleFunc(t.name+"/agent", t.agent)
}

func (t *thirdParty) check(ctx context.Context, p httpbakery.ThirdPartyCaveatCheckerParams) ([]checkers.Caveat, error) {
	condition := string(p.Caveat.Condition)
	switch condition {
	case "ok":
		return nil, nil
	case "declared":
		return []checkers.Caveat{checkers.DeclaredCaveat("username", "bob")}, nil
	case "soon":
		return []checkers.Caveat{checkers.TimeBeforeCaveat(time.Now().Add(time.Hour))}, nil
	case "expired":
		return []checkers.Caveat{checkers.TimeBeforeCaveat(time.Now().Add(-time.Hour))}, nil
	case "nested":
		return []checkers.Caveat{
			{Location: t.base + "/second", Condition: "deeper"},
			{Location: t.base + "/second", Condition: "ok"},
		}, nil
	case "deeper":
		return []checkers.Caveat{{Location: t.base + "/first", Condition: "declared"}}, nil
	case "denied":
		return nil, httpbakery.ErrPermissionDenied
	case "broken":
		return nil, errors.New("something broke")
	}
	if p.Token == nil {
		return nil, t.interaction(p, condition)
	}
	return nil, t.checkToken(ctx, p.Token, condition)
}

func (t *thirdParty) checkToken(ctx context.Context, token *httpbakery.DischargeToken, condition string) error {
	if condition != "agent" {
		if token.Kind != condition || string(token.Value) != string(goodToken) {
			return httpbakery.ErrPermissionDenied
		}
		return nil
	}
	var slice macaroon.Slice
	if err := slice.UnmarshalBinary(token.Value); err != nil {
		return err
	}
	_, err := t.logins.Checker.Auth(slice).Allow(ctx, login)
	return err
}

func (t *thirdParty) interaction(p httpbakery.ThirdPartyCaveatCheckerParams, condition string) error {
	required := httpbakery.NewInteractionRequiredError(nil, p.Request)
	t.mu.Lock()
	defer t.mu.Unlock()
	id := fmt.Sprint(len(t.visits))
	t.visits[id] = &visit{caveat: p.Caveat, done: make(chan struct{})}
	switch condition {
	case "browser":
		httpbakery.SetWebBrowserInteraction(required, t.name+"/visit?id="+id, t.name+"/wait-token?id="+id)
	case "old":
		httpbakery.SetLegacyInteraction(required, t.name+"/visit?id="+id, t.name+"/wait?id="+id)
	case "form":
		required.SetInteraction(form.InteractionMethod, form.InteractionInfo{URL: t.name + "/form"})
	case "password":
		required.SetInteraction("juju_userpass", map[string]string{"url": t.name + "/password"})
	case "agent":
		agent.SetInteraction(required, "agent")
	default:
		return httpbakery.ErrBadRequest
	}
	return required
}

// find gives the login that a request is about.
func (t *thirdParty) find(r *http.Request) *visit {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.visits[r.FormValue("id")]
}

func (t *thirdParty) visit(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Accept") == "application/json" {
		writeJSON(w, map[string]string{"interactive": r.URL.String()})
		return
	}
	close(t.find(r).done)
}

func (t *thirdParty) waitToken(w http.ResponseWriter, r *http.Request) {
	<-t.find(r).done
	writeJSON(w, httpbakery.WaitTokenResponse{
		Kind:    "browser",
		Token64: base64.StdEncoding.EncodeToString(goodToken),
	})
}

func (t *thirdParty) wait(w http.ResponseWriter, r *http.Request) {
	visit := t.find(r)
	<-visit.done
	discharge, err := bakery.Discharge(r.Context(), bakery.DischargeParams{
		Id:     visit.caveat.Id,
		Caveat: visit.caveat.Caveat,
		Key:    t.key,
		Checker: bakery.ThirdPartyCaveatCheckerFunc(
			func(context.Context, *bakery.ThirdPartyCaveatInfo) ([]checkers.Caveat, error) { return nil, nil },
		),
		Locator: t.locator,
	})
	if err != nil {
		httpbakery.WriteError(r.Context(), w, err)
		return
	}
	writeJSON(w, httpbakery.WaitResponse{Macaroon: discharge})
}

func (t *thirdParty) form(w http.ResponseWriter, r *http.Request) {
	if r.Method == "GET" {
		writeJSON(w, form.SchemaResponse{Schema: environschema.Fields{
			"username": {Type: environschema.Tstring},
			"password": {Type: environschema.Tstring, Secret: true},
		}})
		return
	}
	t.filled(w, r, "form", "username")
}

func (t *thirdParty) password(w http.ResponseWriter, r *http.Request) {
	t.filled(w, r, "password", "user")
}

func (t *thirdParty) filled(w http.ResponseWriter, r *http.Request, kind, name string) {
	var body struct {
		Form map[string]string `json:"form"`
	}
	if err := readJSON(r, &body); err != nil || body.Form[name] != "bob" || body.Form["password"] != "hunter22" {
		httpbakery.WriteError(r.Context(), w, httpbakery.ErrPermissionDenied)
		return
	}
	writeJSON(w, form.LoginResponse{Token: &httpbakery.DischargeToken{Kind: kind, Value: goodToken}})
}

func (t *thirdParty) agent(w http.ResponseWriter, r *http.Request) {
	var key bakery.PublicKey
	if err := key.UnmarshalText([]byte(r.FormValue("public-key"))); err != nil {
		httpbakery.WriteError(r.Context(), w, err)
		return
	}
	version := httpbakery.RequestVersion(r)
	macaroon, err := t.logins.Oven.NewMacaroon(r.Context(), version, []checkers.Caveat{
		bakery.LocalThirdPartyCaveat(&key, version),
		checkers.DeclaredCaveat("username", r.FormValue("username")),
	}, login)
	if err != nil {
		httpbakery.WriteError(r.Context(), w, err)
		return
	}
	writeJSON(w, map[string]interface{}{"macaroon": macaroon})
}

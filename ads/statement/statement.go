package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strings"
	"time"
)

// line is what one campaign had at one publisher, with one outcome.
type line struct {
	Campaign   string `json:"campaign"`
	Publisher  string `json:"publisher"`
	Verdict    string `json:"verdict"`
	Reason     string `json:"reason"`
	Adjustment bool   `json:"adjustment"`
	Clicks     int64  `json:"clicks"`
	Micros     int64  `json:"amountMicros"`
}

// credit is what was given back to one campaign for one reason.
type credit struct {
	Campaign string `json:"campaign"`
	Reason   string `json:"reason"`
	Clicks   int64  `json:"clicks"`
	Micros   int64  `json:"amountMicros"`
}

type figures struct {
	Schema       int      `json:"schema"`
	Type         string   `json:"type"`
	AdvertiserID int32    `json:"advertiserId"`
	Advertiser   string   `json:"advertiser"`
	Currency     string   `json:"currency"`
	Day          string   `json:"day"`
	Final        bool     `json:"final"`
	Lines        []line   `json:"lines"`
	Credits      []credit `json:"credits"`
	// As the ledger has it: a statement that adds up to something else is not written.
	ChargedMicros  int64 `json:"chargedMicros"`
	CreditedMicros int64 `json:"creditedMicros"`
}

type report struct {
	Schema         int    `json:"schema"`
	Type           string `json:"type"`
	AdvertiserID   int32  `json:"advertiserId"`
	Day            string `json:"day"`
	Final          bool   `json:"final"`
	Body           string `json:"body"`
	ChargedMicros  int64  `json:"chargedMicros"`
	CreditedMicros int64  `json:"creditedMicros"`
}

// statementOf answers the report for the figures in a message body, or why there is none.
func statementOf(body string) (string, error) {
	var given figures
	if err := json.Unmarshal([]byte(body), &given); err != nil {
		return "", err
	}
	if given.Schema != 1 || given.Type != "statement-request" || given.AdvertiserID < 1 {
		return "", errors.New("it asks for no statement")
	}
	if _, err := time.Parse("2006-01-02", given.Day); err != nil {
		return "", err
	}
	charged, credited := totals(given)
	if charged != given.ChargedMicros || credited != given.CreditedMicros {
		return "", fmt.Errorf("the lines add up to %d and %d, the ledger says %d and %d",
			charged, credited, given.ChargedMicros, given.CreditedMicros)
	}
	written, err := json.Marshal(report{1, "statement", given.AdvertiserID, given.Day, given.Final,
		text(given), charged, credited})
	return string(written), err
}

func totals(given figures) (charged, credited int64) {
	for _, one := range given.Lines {
		charged += one.Micros
	}
	for _, one := range given.Credits {
		credited += one.Micros
	}
	return charged, credited
}

// text is the statement as people read it.
func text(given figures) string {
	var out strings.Builder
	state := "final: the books of this day are closed"
	if !given.Final {
		state = "provisional: the books of this day are open"
	}
	fmt.Fprintf(&out, "Statement for %s, %s (UTC)\n%s\nAmounts in %s\n\n", given.Advertiser, given.Day, state, given.Currency)
	row := func(what, clicks, amount string) { fmt.Fprintf(&out, "%-52s %10s %18s\n", what, clicks, amount) }
	row("Charged", "clicks", "amount")
	charged, credited := totals(given)
	var clicks int64
	for _, one := range sorted(given.Lines) {
		if one.Verdict != "billed" {
			continue
		}
		clicks += one.Clicks
		row("  "+one.Campaign+" at "+one.Publisher+late(one), fmt.Sprint(one.Clicks), money(one.Micros))
	}
	row("Charged in all", fmt.Sprint(clicks), money(charged))
	out.WriteString("\nNot charged\n")
	for _, one := range byReason(given.Lines) {
		row("  "+one.Verdict+": "+one.Reason, fmt.Sprint(one.Clicks), "")
	}
	if len(given.Credits) > 0 {
		out.WriteString("\nCredits for clicks of earlier days\n")
		for _, one := range given.Credits {
			row("  "+one.Campaign+": "+one.Reason, fmt.Sprint(one.Clicks), money(-one.Micros))
		}
	}
	out.WriteString("\n")
	row("To pay for this day", "", money(charged-credited))
	return out.String()
}

func late(one line) string {
	if one.Adjustment {
		return " (adjustment: clicks of closed days)"
	}
	return ""
}

func sorted(lines []line) []line {
	result := append([]line(nil), lines...)
	sort.SliceStable(result, func(a, b int) bool {
		one, other := result[a], result[b]
		if one.Campaign != other.Campaign {
			return one.Campaign < other.Campaign
		}
		return one.Publisher < other.Publisher
	})
	return result
}

func byReason(lines []line) []line {
	sums := map[string]*line{}
	for _, one := range lines {
		if one.Verdict == "billed" {
			continue
		}
		key := one.Verdict + "\n" + one.Reason
		if sums[key] == nil {
			sums[key] = &line{Verdict: one.Verdict, Reason: one.Reason}
		}
		sums[key].Clicks += one.Clicks
	}
	result := make([]line, 0, len(sums))
	for _, one := range sums {
		result = append(result, *one)
	}
	sort.Slice(result, func(a, b int) bool {
		if result[a].Clicks != result[b].Clicks {
			return result[a].Clicks > result[b].Clicks
		}
		return result[a].Verdict+result[a].Reason < result[b].Verdict+result[b].Reason
	})
	return result
}

// money writes micro-units with two places, or with six when two would hide something.
func money(micros int64) string {
	sign := ""
	if micros < 0 {
		sign, micros = "-", -micros
	}
	whole, part := micros/1_000_000, micros%1_000_000
	if part%10_000 == 0 {
		return fmt.Sprintf("%s%d.%02d", sign, whole, part/10_000)
	}
	return fmt.Sprintf("%s%d.%06d", sign, whole, part)
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mailbox of one VF: lock bits, doorbells, interrupts, resets.
 *
 * HW_QEMU is the behaviour of QEMU's igb: a function reset changes nothing
 * here, a PF reset clears everything and raises no interrupt. HW_OPEN is what
 * the datasheet does not specify: a function reset may clear lock and
 * doorbells, a PF reset may preserve the words and may interrupt the VF; every
 * choice is tried.
 */

/* The message in the buffer: only ids that make a difference here */
#define NOTHING		0
#define RESET		1
#define NEGOTIATE	2
#define SYNC		3	/* EVENT_SYNC */
#define ASK		4	/* any other request of the channel */
#define CONTROL		5	/* PF_CONTROL */
#define JUNK		6

typedef message {
	unsigned id : 3;
	unsigned tid : 2;
	bit ack;
	bit nack;
	bit cts;
	bit evt;
	unsigned seq : 2;	/* SYNC: acknowledged; in a reply: present */
	bit events;		/* reply to SYNC: there were pending ones */
	/* Used by the properties only: */
	bit mine;		/* of the request that the VF waits for */
	bit current;		/* has the newest state of the PF */
};

message words;			/* VMBMEM: one buffer for both directions */
bit vfu;			/* V2PMAILBOX.VFU */
bit vfu_seen;			/* P2VMAILBOX.VFU: the same bit, to the PF */
bit pfu;
bit pfsts, pfack, rsti, rstd;	/* V2PMAILBOX; all but RSTI clear on read */
bit vfreq, vfack, vflre;	/* MBVFICR and VFLRE, write 1 to clear */
bit pf_irq, vf_irq;

#define COPY(to, from) \
	to.id = from.id; to.tid = from.tid; to.ack = from.ack; \
	to.nack = from.nack; to.cts = from.cts; to.evt = from.evt; \
	to.seq = from.seq; to.events = from.events; to.mine = from.mine; \
	to.current = from.current

#define CLEAR(to) \
	to.id = NOTHING; to.tid = 0; to.ack = 0; to.nack = 0; to.cts = 0; \
	to.evt = 0; to.seq = 0; to.events = 0; to.mine = 0; to.current = 0

/* An interrupt is an edge; if it is lost, its cause stays set. */
inline interrupt(irq) {
	if
	:: irq = 1
#ifdef LOST_IRQS
	:: faults > 0 -> faults--; excused = 1
#endif
	fi
}

/* Only one of VFU and PFU is ever set; the second write has no effect. */
inline take_vfu() {
	if
	:: !pfu -> vfu = 1; vfu_seen = 1
	:: else
	fi
}

inline drop_vfu() {
	vfu = 0;
	vfu_seen = 0
}

inline take_pfu() {
	if
	:: !vfu_seen -> pfu = 1
	:: else
	fi
}

inline reset_function() {
#ifdef HW_OPEN
	if
	:: drop_vfu(); pfsts = 0; pfack = 0
	:: skip
	fi;
#endif
	vflre = 1;
	interrupt(pf_irq)
}

inline reset_device() {
#ifdef HW_OPEN
	if
	:: CLEAR(words)
	:: skip
	fi;
#else
	CLEAR(words);
#endif
	drop_vfu();
	pfu = 0;
	pfsts = 0;
	pfack = 0;
	rstd = 0;
	vfreq = 0;
	vfack = 0;
	vflre = 0;
	pf_irq = 0;
	rsti = 1
}

/* CTRL_EXT.PFRSTD */
inline announce_reset_done() {
	rsti = 0;
	rstd = 1;
#ifdef HW_OPEN
	if
	:: vf_irq = 1
	:: skip
	fi
#endif
}
